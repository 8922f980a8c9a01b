#include "common/page/page_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/names/names.h"
#include "common/page/page_json.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;
using EntryOfRecord = absl::flat_hash_map<const ServiceRecord*, uint32_t>;

EntryOfRecord EntriesByRecord(const Registry& registry, const PageRecords& records) {
  EntryOfRecord entries;
  entries.reserve(registry.records().size());
  for (RecordIndex index = 0; index < registry.records().size(); ++index) {
    entries.emplace(&registry.record(index), records.EntryOf(index));
  }
  return entries;
}

constexpr int64_t kNoEntry = -1;

int64_t EntryOf(const ServiceRecord* record, const EntryOfRecord& entries) {
  return record == nullptr ? kNoEntry : int64_t{entries.at(record)};
}

// Returns the entry that the page assumes for a name that PortsOfNames() leaves out.
int64_t FirstEntry(const Registry& registry, const PageRecords& records, absl::string_view name) {
  int64_t first = kNoEntry;
  for (const RecordIndex index : registry.ByName(name)) {
    if (!registry.record(index).ports) continue;
    const int64_t entry = records.EntryOf(index);
    first = first == kNoEntry ? entry : std::min(first, entry);
  }
  return first;
}

// Returns the place of an entry in `here`, counted from 1; 0 for none.
int64_t PlaceOf(int64_t entry, const std::vector<uint32_t>& here) {
  if (entry == kNoEntry) return 0;
  return std::distance(here.begin(), std::lower_bound(here.begin(), here.end(), entry)) + 1;
}

// The transports of the five columns.
constexpr std::array<Transport, 5> kQuestions = {Transport::kNone, Transport::kTcp, Transport::kUdp,
                                                 Transport::kSctp, Transport::kDccp};

}  // namespace

nlohmann::ordered_json NamesOfPorts(const Registry& registry, const PageRecords& records) {
  const EntryOfRecord entries = EntriesByRecord(registry, records);
  std::array<Runs, kQuestions.size()> columns;
  std::array<int64_t, kQuestions.size()> places = {};
  absl::Span<const RecordIndex> before;
  for (int i = 0; i <= kMaxPort; ++i) {
    const Port port = static_cast<Port>(i);
    const absl::Span<const RecordIndex> at_port = registry.AtPort(port);
    if (at_port != before) {
      const std::vector<uint32_t> here = records.AtPort(port);
      for (size_t k = 0; k < kQuestions.size(); ++k) {
        places[k] = PlaceOf(EntryOf(NameOfSlot(registry, port, kQuestions[k]), entries), here);
      }
      before = at_port;
    }
    for (size_t k = 0; k < kQuestions.size(); ++k) columns[k].Add(places[k]);
  }
  Json all = Json::array();
  for (Runs& column : columns) all.push_back(std::move(column).Take());
  return all;
}

nlohmann::ordered_json PortsOfNames(const Registry& registry, const PageRecords& records) {
  const EntryOfRecord entries = EntriesByRecord(registry, records);
  std::vector<std::pair<std::string, int64_t>> exceptions;
  for (uint32_t id = 0; id < registry.NameCount(); ++id) {
    const absl::string_view name = registry.Name(id);
    const int64_t entry = EntryOf(PortOfName(registry, name, Transport::kNone), entries);
    if (entry == FirstEntry(registry, records, name)) continue;
    exceptions.emplace_back(Printable(name), entry);
  }
  std::sort(exceptions.begin(), exceptions.end());
  Json pairs = Json::array();
  for (const auto& [name, entry] : exceptions) {
    pairs.push_back(name);
    pairs.push_back(entry);
  }
  return pairs;
}

}  // namespace portreg
