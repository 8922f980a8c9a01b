#include "common/page/page_advice.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/judgement/claim.h"
#include "common/judgement/port_findings.h"
#include "common/page/page_json.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kReference = '\x01';
// The number of places that one ASCII character from '0' on can stand for.
constexpr size_t kMaxPlaces = '~' - '0';

// Returns the texts of the entries at a port that messages may quote.
std::vector<QuotedText> TextsAt(const PageRecords& records, Port port) {
  std::vector<QuotedText> texts;
  const std::vector<uint32_t> entries = records.AtPort(port);
  for (size_t i = 0; i < std::min(entries.size(), kMaxPlaces); ++i) {
    const ServiceRecord& record = *records.entries()[entries[i]].record;
    const auto add = [&](char column, absl::string_view text) {
      if (!text.empty()) texts.push_back({static_cast<uint8_t>(i), column, Printable(text)});
    };
    add('n', record.service);
    if (!record.named()) add('d', record.description);
    add('o', record.details->owner);
  }
  return texts;
}

bool EndsName(absl::string_view rest) {
  return rest.empty() || absl::StrContains(" ,):", rest.front());
}

// Numbers texts from 0, in the order in which they first occur.
class Numbers {
 public:
  size_t Of(const std::string& text) {
    const auto [place, is_new] = numbers_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return place->second;
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  absl::flat_hash_map<std::string, size_t> numbers_;
  std::vector<std::string> texts_;
};

int BitsOf(TransportSet transports) {
  int bits = 0;
  for (const Transport transport : kTransports) {
    if (transports.Has(transport)) bits |= 1 << (static_cast<int>(transport) - 1);
  }
  return bits;
}

// Returns the findings about one port as [severity, transports, message, ...].
Json SetAt(const Registry& registry, const PageRecords& records, Port port, Numbers& messages) {
  Claim anyone;
  anyone.ports = {port, port};
  // Passes no day, because people may read the page on later days.
  const std::vector<PortFinding> findings = FindingsAt(registry, port, anyone, std::nullopt);
  const std::vector<QuotedText> texts = TextsAt(records, port);
  Json set = Json::array();
  for (const PortFinding& finding : findings) {
    set.push_back(static_cast<int>(finding.severity));
    set.push_back(BitsOf(finding.transports));
    set.push_back(messages.Of(WithReferences(Printable(finding.message), texts)));
  }
  return set;
}

// Returns true if two neighbouring ports have the same records and rules, and therefore
// the same advice.
bool AreAlike(const Registry& registry, Port port, Port next) {
  const auto at_port = registry.AtPort(port);
  const auto at_next = registry.AtPort(next);
  if (!std::equal(at_port.begin(), at_port.end(), at_next.begin(), at_next.end())) return false;
  if (registry.range_rules().SetAt(port) != registry.range_rules().SetAt(next)) return false;
  return std::all_of(kTransports.begin(), kTransports.end(), [&](Transport transport) {
    return registry.iana_states().At(port, transport) == registry.iana_states().At(next, transport);
  });
}

}  // namespace

std::string WithReferences(absl::string_view message, const std::vector<QuotedText>& texts) {
  std::string result;
  while (!message.empty()) {
    const bool begins_word = result.empty() || absl::StrContains(" (", result.back());
    const QuotedText* longest = nullptr;
    for (const QuotedText& each : texts) {
      if (!begins_word || !absl::StartsWith(message, each.text)) continue;
      if (!EndsName(message.substr(each.text.size()))) continue;
      if (longest == nullptr || each.text.size() > longest->text.size()) longest = &each;
    }
    if (longest == nullptr) {
      result.push_back(message.front());
      message.remove_prefix(1);
      continue;
    }
    result.push_back(kReference);
    result.push_back(static_cast<char>('0' + longest->place));
    result.push_back(longest->column);
    message.remove_prefix(longest->text.size());
  }
  return result;
}

nlohmann::ordered_json AdviceOnPorts(const Registry& registry, const PageRecords& records) {
  Numbers messages;
  Numbers sets;
  Json set_list = Json::array();
  Runs ports;
  size_t number = 0;
  for (int i = 0; i <= kMaxPort; ++i) {
    const Port port = static_cast<Port>(i);
    if (i == 0 || !AreAlike(registry, static_cast<Port>(i - 1), port)) {
      Json set = SetAt(registry, records, port, messages);
      number = sets.Of(set.dump());
      if (number == set_list.size()) set_list.push_back(std::move(set));
    }
    ports.Add(static_cast<int64_t>(number));
  }
  return {{"messages", messages.texts()},
          {"sets", std::move(set_list)},
          {"ports", std::move(ports).Take()}};
}

}  // namespace portreg
