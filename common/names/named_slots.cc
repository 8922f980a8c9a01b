#include "common/names/named_slots.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/names/slot_names.h"

namespace portreg {
namespace {

bool IsWantedSlot(absl::Span<const SlotRange> wanted, Port port, Transport transport) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const SlotRange& range) {
           return range.ports.contains(port) && Asks(range.transport, transport);
         });
}

}  // namespace

std::vector<NamedSlot> NamedSlots(const Registry& registry, absl::Span<const SlotRange> wanted) {
  const SlotNames names(registry);
  std::vector<NamedSlot> slots;
  for (size_t number = 0; number < kPortCount; ++number) {
    const auto port = static_cast<Port>(number);
    for (const Transport transport : kTransports) {
      const uint32_t name = names.At(port, transport);
      if (name == SlotNames::kNoName || !IsWantedSlot(wanted, port, transport)) continue;
      slots.push_back({port, transport, &registry.record(names.records()[name])});
    }
  }
  return slots;
}

std::vector<NamedSlot> NamedPorts(const Registry& registry, absl::Span<const SlotRange> wanted) {
  std::vector<NamedSlot> slots = NamedSlots(registry, wanted);
  const auto is_same_port = [](const NamedSlot& a, const NamedSlot& b) { return a.port == b.port; };
  slots.erase(std::unique(slots.begin(), slots.end(), is_same_port), slots.end());
  return slots;
}

}  // namespace portreg
