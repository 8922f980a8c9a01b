#include "common/names/names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"

namespace portreg {
namespace {

// Returns the record with the least key among those that `usable` accepts, and the
// first of several with that key. Returns nullptr if `usable` accepts none.
template <typename Usable, typename Key>
const ServiceRecord* Least(absl::Span<const ServiceRecord* const> records, Usable usable, Key key) {
  const ServiceRecord* least = nullptr;
  for (const ServiceRecord* const record : records) {
    if (usable(*record) && (least == nullptr || key(*record) < key(*least))) least = record;
  }
  return least;
}

bool IsUsable(const ServiceRecord& record, Transport transport) {
  return record.named() && record.status != RecordStatus::kRetired &&
         Answers(record.transport, transport);
}

// Returns the precedence of a record's layer; the least comes first.
int NamingRank(const ServiceRecord& record) {
  if (record.layer == Layer::kLocal) return 0;
  if (record.is_named_for_people()) return 3;
  return record.layer == Layer::kCommon ? 1 : 2;
}

int PortRank(const ServiceRecord& record) {
  if (record.layer == Layer::kLocal) return 0;
  if (record.is_named_for_people()) return 3;
  return record.layer == Layer::kIana ? 1 : 2;
}

// The ports on which software listens under one name. Answers in logarithmic time,
// because a hostile server may send many records of a name.
class SoftwarePorts {
 public:
  // `named` are the records of the name.
  SoftwarePorts(absl::Span<const ServiceRecord* const> named, Transport transport) {
    for (const ServiceRecord* const record : named) {
      if (record->layer != Layer::kCommon || record->is_named_for_people()) continue;
      if (record->ports && IsUsable(*record, transport)) ranges_.push_back(*record->ports);
    }
    std::sort(ranges_.begin(), ranges_.end(),
              [](const PortRange& a, const PortRange& b) { return a.first < b.first; });
    for (size_t i = 1; i < ranges_.size(); ++i) {
      ranges_[i].last = std::max(ranges_[i].last, ranges_[i - 1].last);
    }
  }

  [[nodiscard]] bool contains(Port port) const {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), port,
                         [](Port wanted, const PortRange& range) { return wanted < range.first; });
    return after != ranges_.begin() && std::prev(after)->last >= port;
  }

 private:
  // In the order of their first ports; each ends at or after the ends of those before it.
  std::vector<PortRange> ranges_;
};

std::vector<const ServiceRecord*> RecordsOf(const Registry& registry,
                                            absl::Span<const RecordIndex> indices) {
  std::vector<const ServiceRecord*> records;
  records.reserve(indices.size());
  for (const RecordIndex index : indices) records.push_back(&registry.record(index));
  return records;
}

}  // namespace

const ServiceRecord* NameOfSlot(absl::Span<const ServiceRecord* const> covering,
                                Transport transport) {
  return Least(
      covering, [&](const ServiceRecord& record) { return IsUsable(record, transport); },
      [&](const ServiceRecord& record) {
        const bool is_of_none =
            transport != Transport::kNone && record.transport == Transport::kNone;
        return std::make_tuple(NamingRank(record), is_of_none);
      });
}

const ServiceRecord* NameOfSlot(const Registry& registry, Port port, Transport transport) {
  return NameOfSlot(RecordsOf(registry, registry.AtPort(port)), transport);
}

const ServiceRecord* PortOfName(absl::Span<const ServiceRecord* const> named,
                                absl::string_view name, Transport transport) {
  const SoftwarePorts software(named, transport);
  return Least(
      named,
      [&](const ServiceRecord& record) { return record.ports && IsUsable(record, transport); },
      [&](const ServiceRecord& record) {
        const bool is_alias = !absl::EqualsIgnoreCase(record.service, name);
        return std::make_tuple(PortRank(record), is_alias, record.ports->width() > 1,
                               !software.contains(record.ports->first), record.ports->first);
      });
}

const ServiceRecord* PortOfName(const Registry& registry, absl::string_view name,
                                Transport transport) {
  return PortOfName(RecordsOf(registry, registry.ByName(name)), name, transport);
}

}  // namespace portreg
