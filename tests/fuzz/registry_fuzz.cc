// Compares a registry of any rows with answers found by reading all of its records.
//
// Input: rows of the layers iana, common and local with the byte 0x1F between
// them, each without its header.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/data/layer_file.h"
#include "common/model/limits.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

constexpr absl::string_view kHeader = "Service Name,Port Number,Transport Protocol,Description\n";
// Larger inputs cost more than they find.
constexpr size_t kMaxInput = 1024;
constexpr size_t kMaxProbes = 48;

std::optional<LayerData> LayerOf(Layer layer, absl::string_view rows) {
  auto text = std::make_shared<LayerText>();
  text->text = absl::StrCat(kHeader, rows);
  absl::StatusOr<LayerData> data =
      ReadLayer(layer, "test.csv", std::move(text), {.max_set_aside_share = 1});
  if (!data.ok()) return std::nullopt;
  return *std::move(data);
}

// Returns the layers of an input, without rows that cannot be read.
std::vector<LayerData> LayersOf(absl::string_view input) {
  const std::vector<absl::string_view> parts = absl::StrSplit(input, absl::MaxSplits('\x1F', 2));
  constexpr Layer kOrder[] = {Layer::kIana, Layer::kCommon, Layer::kLocal};
  std::vector<LayerData> layers;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (std::optional<LayerData> layer = LayerOf(kOrder[i], parts[i])) {
      layers.push_back(*std::move(layer));
    }
  }
  return layers;
}

int WidthOf(const ServiceRecord& record) { return record.ports ? record.ports->width() : 1 << 17; }
int FirstOf(const ServiceRecord& record) { return record.ports ? record.ports->first : 1 << 17; }

auto LookupKey(const ServiceRecord& record) {
  return std::make_tuple(record.layer, !record.named(), WidthOf(record), record.transport,
                         record.line);
}

// Returns the records for which `wanted` returns true, in the order of a lookup.
template <typename Wanted>
std::vector<RecordIndex> Lookup(const Registry& registry, Wanted wanted) {
  std::vector<RecordIndex> found;
  for (RecordIndex i = 0; i < registry.records().size(); ++i) {
    if (wanted(registry.record(i))) found.push_back(i);
  }
  std::sort(found.begin(), found.end(), [&](RecordIndex a, RecordIndex b) {
    return LookupKey(registry.record(a)) < LookupKey(registry.record(b));
  });
  return found;
}

// Returns the state of a port below the dynamic class, rule by rule.
AssignmentState StateByRules(const Registry& registry, Port port, Transport transport) {
  std::vector<const ServiceRecord*> here;
  bool elsewhere = false;
  for (const ServiceRecord* record : registry.records()) {
    if (record->layer != Layer::kIana || !record->ports || !record->ports->contains(port)) continue;
    if (Answers(record->transport, transport)) {
      here.push_back(record);
    } else {
      elsewhere = elsewhere || StateOf(*record) == AssignmentState::kReserved || record->named();
    }
  }
  const auto named = [](const ServiceRecord* record) { return record->named(); };
  if (std::any_of(here.begin(), here.end(), named)) return AssignmentState::kAssigned;
  if (here.empty()) return elsewhere ? AssignmentState::kReserved : AssignmentState::kUnassigned;
  const auto narrowest =
      std::min_element(here.begin(), here.end(), [&](const auto* a, const auto* b) {
        const auto key = [&](const ServiceRecord& record) {
          return std::make_tuple(WidthOf(record), record.transport != transport, record.line);
        };
        return key(*a) < key(*b);
      });
  return StateOf(**narrowest);
}

void RequireStates(const Registry& registry, Port port) {
  for (const TransportState& state : registry.States(port, Transport::kNone)) {
    const AssignmentState expected =
        port >= 49152 ? AssignmentState::kDynamic : StateByRules(registry, port, state.transport);
    Require(state.state == expected, "a state follows from the rules",
            absl::StrCat(port, "/", ToString(state.transport), " is ", ToString(state.state),
                         ", by the rules ", ToString(expected)));
    const bool taken = std::any_of(
        registry.records().begin(), registry.records().end(), [&](const ServiceRecord* record) {
          return record->layer == Layer::kLocal && record->ports && record->ports->contains(port) &&
                 Answers(record->transport, state.transport) &&
                 StateOf(*record) != AssignmentState::kUnassigned;
        });
    Require(state.taken_locally == taken, "the local layer takes ports", absl::StrCat(port));
  }
}

void RequirePort(const Registry& registry, Port port) {
  const std::vector<RecordIndex> expected = Lookup(registry, [port](const ServiceRecord& record) {
    return record.ports && record.ports->contains(port);
  });
  Require(registry.AtPort(port) == absl::MakeConstSpan(expected), "a port has its records",
          absl::StrCat(port));
  RequireStates(registry, port);
}

void RequireName(const Registry& registry, absl::string_view name) {
  const auto has_name = [name](const ServiceRecord& record) {
    if (!record.named()) return false;
    if (absl::EqualsIgnoreCase(record.service, name)) return true;
    if (record.layer != Layer::kCommon || !absl::StrContains(record.service, " / ")) return false;
    const std::vector<absl::string_view> parts = absl::StrSplit(record.service, " / ");
    return std::any_of(parts.begin(), parts.end(), [name](absl::string_view part) {
      return absl::EqualsIgnoreCase(part, name);
    });
  };
  const std::vector<RecordIndex> expected = Lookup(registry, has_name);
  for (const std::string& spelled : {absl::AsciiStrToLower(name), absl::AsciiStrToUpper(name)}) {
    Require(registry.ByName(spelled) == absl::MakeConstSpan(expected), "a name has its records",
            spelled);
  }
}

void RequireListing(const Registry& registry, const RangeQuestion& question) {
  std::vector<const ServiceRecord*> expected;
  for (const ServiceRecord* record : registry.records()) {
    const bool overlaps = record->ports ? record->ports->first <= question.ports.last &&
                                              question.ports.first <= record->ports->last
                                        : question.include_portless;
    if (overlaps && Answers(record->transport, question.transport)) expected.push_back(record);
  }
  std::vector<const ServiceRecord*> listed;
  // A new cursor continues where the one before stopped.
  RecordIndex position = 0;
  for (const ServiceRecord* record = nullptr;;) {
    RangeCursor cursor(registry, question, position);
    if ((record = cursor.Next()) == nullptr) break;
    listed.push_back(record);
    position = cursor.position();
  }
  Require(listed == expected, "a listing has each record once, in order", ToString(question.ports));
}

bool HoldsAll(const ServiceRecord& record, const std::vector<absl::string_view>& words) {
  const std::string service = absl::AsciiStrToLower(record.service);
  const std::string description = absl::AsciiStrToLower(record.description);
  const std::string owner = absl::AsciiStrToLower(record.details->owner);
  const std::string assignee = absl::AsciiStrToLower(record.details->assignee);
  return std::all_of(words.begin(), words.end(), [&](absl::string_view word) {
    const std::string folded = absl::AsciiStrToLower(word);
    return absl::StrContains(service, folded) || absl::StrContains(description, folded) ||
           absl::StrContains(owner, folded) || absl::StrContains(assignee, folded);
  });
}

void RequireSearch(const SearchIndex& index, absl::string_view query) {
  const std::vector<absl::string_view> words = QueryWords(query);
  if (words.empty() || words.size() > kMaxQueryWords || query.size() > kMaxQueryBytes) return;
  const auto& records = index.registry().records();
  const auto expected = static_cast<size_t>(
      std::count_if(records.begin(), records.end(),
                    [&](const ServiceRecord* record) { return HoldsAll(*record, words); }));
  const SearchResult result =
      index.Search({.query = std::string(query), .layers = {}, .max_results = kMaxSearchResults});
  Require(result.total_count == expected, "a search finds what holds its words", query);
  Require(result.matches.size() == std::min<size_t>(expected, kMaxSearchResults),
          "a search shows what it finds", query);
  for (const SearchMatch& match : result.matches) {
    Require(HoldsAll(index.registry().record(match.record), words), "a match holds the words",
            query);
    Require(match.in_service || match.in_description || match.in_owner || match.in_assignee,
            "a match says where", query);
  }
}

// Returns ports at and beside the ends of ranges, and those of the classes.
std::vector<Port> Probes(const Registry& registry) {
  std::set<int> ports = {0, 1023, 1024, 49151, 49152, kMaxPort};
  for (const ServiceRecord* record : registry.records()) {
    if (!record->ports || ports.size() > kMaxProbes) continue;
    for (const int end : {int{record->ports->first}, int{record->ports->last}}) {
      ports.insert({std::max(0, end - 1), end, std::min(kMaxPort, end + 1)});
    }
  }
  return {ports.begin(), ports.end()};
}

void RequireAnswers(const Registry& registry) {
  const auto listing_order = [](const ServiceRecord* a, const ServiceRecord* b) {
    return std::make_tuple(FirstOf(*a), LookupKey(*a)) <
           std::make_tuple(FirstOf(*b), LookupKey(*b));
  };
  Require(std::is_sorted(registry.records().begin(), registry.records().end(), listing_order),
          "records stand in listing order");
  const std::vector<Port> probes = Probes(registry);
  for (const Port port : probes) RequirePort(registry, port);
  for (size_t i = 0; i < probes.size(); i += 3) {
    const PortRange ports = {probes[i], probes[std::min(2 * i + 1, probes.size() - 1)]};
    RequireListing(registry, {.ports = ports, .layers = {}, .include_portless = i % 2 == 0});
    RequireListing(registry, {.ports = ports, .transport = Transport::kUdp, .layers = {}});
  }
  const SearchIndex index(registry);
  size_t asked = 0;
  for (const ServiceRecord* record : registry.records()) {
    if (++asked > kMaxProbes) break;
    RequireName(registry, record->service);
    RequireSearch(index, record->service);
    RequireSearch(index, record->description);
  }
}

// Returns true if the bounds on a registry refuse these layers.
bool IsBeyondBounds(const std::vector<LayerData>& layers) {
  size_t coverage = 0;
  std::vector<size_t> at_port(kPortCount);
  for (const LayerData& layer : layers) {
    for (const ServiceRecord& record : layer.records) {
      if (!record.ports) continue;
      coverage += static_cast<size_t>(record.ports->width());
      for (size_t port = record.ports->first; port <= record.ports->last; ++port) ++at_port[port];
    }
  }
  return coverage > Registry::kMaxCoverage ||
         *std::max_element(at_port.begin(), at_port.end()) > Registry::kMaxRecordsPerKey;
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg;        // NOLINT(google-build-using-namespace): the one entry
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace)
  if (size > kMaxInput) return 0;
  const absl::string_view input = TextOf(data, size);
  std::vector<LayerData> layers = LayersOf(input);
  const bool refused = IsBeyondBounds(layers);
  const absl::StatusOr<Registry> registry = Registry::Create(layers);
  if (!registry.ok()) {
    Require(refused, registry.status().message(), input);
    return 0;
  }
  Require(!refused, "bounds on a registry hold", input);
  RequireAnswers(*registry);
  // Creates a second registry for few inputs only, because that takes most of the time.
  if (size % 4 != 0) return 0;
  std::reverse(layers.begin(), layers.end());
  const absl::StatusOr<Registry> again = Registry::Create(std::move(layers));
  Require(again.ok() && again->revision() == registry->revision(),
          "equal data has an equal revision", input);
  return 0;
}
