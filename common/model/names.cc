#include "common/model/names.h"

#include <algorithm>
#include <tuple>
#include <vector>

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

// Returns true if software listens on the first port of `record` by default, under a name
// that all of `named` have.
bool IsDefaultOfSoftware(const ServiceRecord& record,
                         absl::Span<const ServiceRecord* const> named) {
  return std::any_of(named.begin(), named.end(), [&](const ServiceRecord* other) {
    return other->layer == Layer::kCommon && !other->is_named_for_people() && other->ports &&
           other->ports->contains(record.ports->first) &&
           Answers(other->transport, record.transport);
  });
}

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

const ServiceRecord* PortOfName(absl::Span<const ServiceRecord* const> named, Transport transport) {
  return Least(
      named,
      [&](const ServiceRecord& record) { return record.ports && IsUsable(record, transport); },
      [&](const ServiceRecord& record) {
        return std::make_tuple(PortRank(record), record.ports->width() > 1,
                               !IsDefaultOfSoftware(record, named), record.ports->first);
      });
}

const ServiceRecord* PortOfName(const Registry& registry, absl::string_view name,
                                Transport transport) {
  return PortOfName(RecordsOf(registry, registry.ByName(name)), transport);
}

}  // namespace portreg
