// Holds the record that names each slot in one table, for programs that name millions of ports.
#ifndef PORTREG_COMMON_NAMES_SLOT_NAMES_H_
#define PORTREG_COMMON_NAMES_SLOT_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg {

// The result of NameOfSlot() for each port on each transport. Takes 1 MiB. Does not refer to the
// registry after construction. Immutable.
//
//   const SlotNames names(registry);
//   if (const size_t name = names.At(443, Transport::kTcp); name != SlotNames::kNoName) {
//     Show(registry.record(names.records()[name]));
//   }
//
// Thread-safe.
class SlotNames {
 public:
  // The number of slots: each of 65,536 ports on each of four transports.
  static constexpr size_t kSlotCount = kTransports.size() * kPortCount;

  // The value of At() for a slot that no record names.
  static constexpr uint32_t kNoName = UINT32_MAX;

  explicit SlotNames(const Registry& registry);

  // Returns the number of a slot: those of tcp come first, then udp, sctp and dccp.
  // Requires that `transport` is not kNone.
  [[nodiscard]] static constexpr size_t SlotOf(Port port, Transport transport) {
    return (static_cast<size_t>(transport) - 1) * kPortCount + port;
  }

  // Returns the index in records() of the record that names a slot, or kNoName. Requires
  // that `transport` is not kNone.
  [[nodiscard]] uint32_t At(Port port, Transport transport) const {
    return names_[SlotOf(port, transport)];
  }

  // Returns the records that name a slot, each once, as indices of the registry.
  [[nodiscard]] absl::Span<const RecordIndex> records() const { return records_; }

 private:
  // The index is SlotOf().
  std::vector<uint32_t> names_;
  std::vector<RecordIndex> records_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_NAMES_SLOT_NAMES_H_
