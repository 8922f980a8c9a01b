#include "common/names/slot_names.h"

#include "absl/container/flat_hash_map.h"
#include "common/model/record.h"
#include "common/names/names.h"

namespace portreg {

SlotNames::SlotNames(const Registry& registry) : names_(kSlotCount, kNoName) {
  absl::flat_hash_map<RecordIndex, uint32_t> known;
  std::vector<const ServiceRecord*> covering;
  for (size_t number = 0; number < kPortCount; ++number) {
    const Port port = static_cast<Port>(number);
    const absl::Span<const RecordIndex> indices = registry.AtPort(port);
    if (indices.empty()) continue;
    covering.clear();
    for (const RecordIndex index : indices) covering.push_back(&registry.record(index));
    for (const Transport transport : kTransports) {
      const ServiceRecord* const record = NameOfSlot(covering, transport);
      if (record == nullptr) continue;
      size_t place = 0;
      while (covering[place] != record) ++place;
      const auto [name, is_new] =
          known.try_emplace(indices[place], static_cast<uint32_t>(records_.size()));
      if (is_new) records_.push_back(indices[place]);
      names_[SlotOf(port, transport)] = name->second;
    }
  }
}

}  // namespace portreg
