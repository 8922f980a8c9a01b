#include "client/cli/formats/services_writer.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/display/clipped_record.h"
#include "client/cli/display/terminal.h"
#include "common/answers/conversion.h"
#include "common/model/service_name.h"
#include "common/names/names.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The most distinct names that are counted as left out.
constexpr size_t kMaxLeftOut = 1'000;

// In the file, blanks separate names and "#" begins a comment.
bool CanBeWritten(absl::string_view name) {
  return name.size() <= kMaxServiceNameBytes &&
         std::none_of(name.begin(), name.end(),
                      [](char c) { return absl::ascii_isspace(c) || c == '#'; }) &&
         Printable(name) == name;
}

// Returns at most `bytes` bytes of a text, cut between characters.
absl::string_view CutToBytes(absl::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// Collects the names of one slot; the first one added is the slot's own.
class SlotNames {
 public:
  void Add(absl::string_view name, const ServiceRecord& record) {
    // Compares case, because getservbyname(3) does.
    const bool known = std::find(names_.begin(), names_.end(), name) != names_.end();
    if (known) return;
    if (names_.empty()) first_ = &record;
    names_.emplace_back(name);
  }
  // Returns the description of the record that gave the first name.
  [[nodiscard]] absl::string_view description() const {
    return first_ == nullptr ? absl::string_view() : first_->description;
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  const ServiceRecord* first_ = nullptr;
};

}  // namespace

void ServicesWriter::Write(const v1::PortRecord& message) {
  if (!status().ok()) return;
  LayerText kept;
  const absl::StatusOr<ServiceRecord> record = ToRecord(message, kept);
  if (!record.ok() || !record->ports || !record->named() || record->is_named_for_people()) return;
  NoteUnwritable(*record);
  const std::vector<absl::string_view> aliases = Aliases(*record);
  if (!CanBeWritten(record->service) &&
      std::none_of(aliases.begin(), aliases.end(), CanBeWritten)) {
    return;
  }
  Entry& entry = entries_.emplace_back();
  entry.name = std::string(record->service);
  entry.aliases = std::string(record->aliases);
  entry.description = Truncated(Printable(record->description), kMaxLineBytes);
  entry.record.ports = record->ports;
  entry.record.transport = record->transport;
  entry.record.layer = record->layer;
  entry.record.status = record->status;
  entry.record.service = entry.name;
  entry.record.aliases = entry.aliases;
  entry.record.description = entry.description;
  // NameOfSlot() and PortOfName() depend on this source.
  for (const absl::string_view source : {kPracticeSource, kSiteSource}) {
    if (record->source == source) entry.record.source = source;
  }
  held_bytes_ +=
      sizeof(Entry) + entry.name.size() + entry.aliases.size() + entry.description.size();
  if (held_bytes_ > kMaxHeldBytes) {
    Fail(absl::ResourceExhaustedError(
        absl::StrCat("the records take more than ", kMaxHeldBytes,
                     " bytes of memory; ask for fewer layers or ranges")));
  }
}

void ServicesWriter::NoteUnwritable(const ServiceRecord& record) {
  const auto touches = [&](const Slots& slots) {
    return slots.ports.first <= record.ports->last && record.ports->first <= slots.ports.last &&
           Answers(record.transport, slots.transport);
  };
  const bool wanted = wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(), touches);
  if (!wanted || record.status == RecordStatus::kRetired) return;
  const auto note = [this](absl::string_view name) {
    if (CanBeWritten(name) || left_out_.size() >= kMaxLeftOut) return;
    left_out_.insert(std::string(name.substr(0, kMaxServiceNameBytes)));
  };
  note(record.service);
  for (const absl::string_view alias : Aliases(record)) note(alias);
}

void ServicesWriter::Finish(const std::string& revision) {
  Fail(CheckCoverage());
  if (!status().ok()) return;
  if (!heading_.empty()) {
    out_.Put(absl::StrCat("# ", Printable(heading_), "\n# Revision ", Printable(revision), "\n"));
  }
  const std::vector<const ServiceRecord*> ranked = InLookupOrder();
  const PortsByName ports = PortsOf(ranked);
  // Indices into `ranked`, sorted by the first ports of the records.
  std::vector<size_t> by_port(ranked.size());
  std::iota(by_port.begin(), by_port.end(), size_t{0});
  std::stable_sort(by_port.begin(), by_port.end(), [&](size_t a, size_t b) {
    return ranked[a]->ports->first < ranked[b]->ports->first;
  });

  std::vector<size_t> covering;
  auto next = by_port.begin();
  for (int port = 0; port <= kMaxPort; ++port) {
    covering.erase(std::remove_if(covering.begin(), covering.end(),
                                  [&](size_t place) { return ranked[place]->ports->last < port; }),
                   covering.end());
    for (; next != by_port.end() && ranked[*next]->ports->first == port; ++next) {
      covering.insert(std::lower_bound(covering.begin(), covering.end(), *next), *next);
    }
    std::vector<const ServiceRecord*> records;
    records.reserve(covering.size());
    for (const size_t place : covering) records.push_back(ranked[place]);
    for (size_t i = 0; i < kTransports.size(); ++i) {
      if (!IsWanted(static_cast<Port>(port), kTransports[i])) continue;
      PutSlot(static_cast<Port>(port), i, records, ports);
    }
  }
}

ServicesWriter::PortsByName ServicesWriter::PortsOf(absl::Span<const ServiceRecord* const> ranked) {
  absl::flat_hash_map<std::string, std::vector<const ServiceRecord*>> by_name;
  for (const ServiceRecord* const record : ranked) {
    by_name[FoldServiceName(record->service)].push_back(record);
    for (const absl::string_view alias : Aliases(*record)) {
      by_name[FoldServiceName(alias)].push_back(record);
    }
  }
  PortsByName ports;
  for (const auto& [name, records] : by_name) {
    for (size_t i = 0; i < kTransports.size(); ++i) {
      const ServiceRecord* const record = PortOfName(records, name, kTransports[i]);
      if (record != nullptr) ports[name][i] = record->ports->first;
    }
  }
  return ports;
}

absl::Status ServicesWriter::CheckCoverage() const {
  std::array<int64_t, kPortCount + 1> begins_less_ends = {};
  for (const Entry& entry : entries_) {
    ++begins_less_ends[entry.record.ports->first];
    --begins_less_ends[entry.record.ports->last + size_t{1}];
  }
  int64_t covering = 0;
  for (size_t port = 0; port < kPortCount; ++port) {
    covering += begins_less_ends[port];
    if (covering > static_cast<int64_t>(kMaxCovering)) {
      return absl::InternalError(absl::StrCat("port ", port, " has ", covering,
                                              " records, a registry has at most ",
                                              Registry::kMaxRecordsPerKey));
    }
  }
  return absl::OkStatus();
}

std::vector<const ServiceRecord*> ServicesWriter::InLookupOrder() const {
  std::vector<const ServiceRecord*> ranked;
  ranked.reserve(entries_.size());
  for (const Entry& entry : entries_) ranked.push_back(&entry.record);
  const auto key = [](const ServiceRecord& record) {
    return std::make_tuple(record.layer, record.ports->width(), record.transport);
  };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const auto* a, const auto* b) { return key(*a) < key(*b); });
  return ranked;
}

bool ServicesWriter::IsWanted(Port port, Transport transport) const {
  return wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(), [&](const Slots& slots) {
           return slots.ports.contains(port) && Asks(slots.transport, transport);
         });
}

void ServicesWriter::PutSlot(Port port, size_t transport_index,
                             absl::Span<const ServiceRecord* const> covering,
                             const PortsByName& ports) {
  const Transport transport = kTransports[transport_index];
  const ServiceRecord* const naming = NameOfSlot(covering, transport);
  if (naming == nullptr) return;
  const auto is_here = [&](absl::string_view name) {
    const auto found = ports.find(FoldServiceName(name));
    return found != ports.end() && found->second[transport_index] == port && CanBeWritten(name);
  };
  const auto is_usable = [&](const ServiceRecord& record) {
    return Answers(record.transport, transport) && record.status != RecordStatus::kRetired;
  };
  SlotNames names;
  if (is_here(naming->service)) names.Add(naming->service, *naming);
  for (const ServiceRecord* const record : covering) {
    if (is_usable(*record) && is_here(record->service)) names.Add(record->service, *record);
  }
  for (const ServiceRecord* const record : covering) {
    if (!is_usable(*record)) continue;
    for (const absl::string_view alias : Aliases(*record)) {
      if (is_here(alias)) names.Add(alias, *record);
    }
  }

  // Puts as many names on a line as fit beside the columns of name and port.
  constexpr size_t kColumnBytes = 15 + 2 + 10 + 1;
  const absl::Span<const std::string> all = names.names();
  for (size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    size_t bytes = kColumnBytes + all[begin].size();
    for (end = begin + 1; end < all.size() && end - begin <= kMaxAliases; ++end) {
      bytes += 1 + all[end].size();
      if (bytes > kMaxLineBytes) break;
    }
    PutLine(port, transport, all[begin], all.subspan(begin + 1, end - begin - 1),
            begin == 0 ? names.description() : absl::string_view());
  }
}

void ServicesWriter::PutLine(Port port, Transport transport, absl::string_view name,
                             absl::Span<const std::string> aliases, absl::string_view description) {
  constexpr absl::string_view kComment = "  # ";
  std::string line = absl::StrFormat("%-15s  %-10s", std::string(name),
                                     absl::StrCat(port, "/", ToString(transport)));
  if (!aliases.empty()) absl::StrAppend(&line, "  ", absl::StrJoin(aliases, " "));
  // A shorter piece of a description would be useless.
  constexpr size_t kLeastDescriptionBytes = 12;
  const size_t needed =
      line.size() + kComment.size() + std::min(description.size(), kLeastDescriptionBytes);
  if (needed <= kMaxLineBytes && !description.empty()) {
    const size_t room = kMaxLineBytes - line.size() - kComment.size();
    absl::StrAppend(&line, kComment, CutToBytes(description, room));
  }
  absl::StripTrailingAsciiWhitespace(&line);
  out_.Put(absl::StrCat(line, "\n"));
}

std::string ServicesWriter::Remark() const {
  if (left_out_.empty()) return {};
  const bool one = left_out_.size() == 1;
  return absl::StrCat(left_out_.size() == kMaxLeftOut ? "at least " : "", left_out_.size(),
                      one ? " name is" : " names are",
                      " left out, since /etc/services cannot hold blanks, \"#\" or control "
                      "characters in a name: ",
                      Quoted(*left_out_.begin()), one ? "" : " and others");
}

}  // namespace portreg::cli
