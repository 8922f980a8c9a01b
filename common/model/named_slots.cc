#include "common/model/named_slots.h"

#include <algorithm>

#include "common/model/names.h"

namespace portreg {
namespace {

bool IsWantedSlot(absl::Span<const SlotRange> wanted, Port port, Transport transport) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const SlotRange& range) {
           return range.ports.contains(port) && Asks(range.transport, transport);
         });
}

}  // namespace

std::vector<NamedSlot> NamedSlots(const Registry& registry, absl::Span<const SlotRange> wanted) {
  std::vector<NamedSlot> slots;
  std::vector<const ServiceRecord*> covering;
  for (int number = 0; number <= kMaxPort; ++number) {
    const auto port = static_cast<Port>(number);
    covering.clear();
    for (const RecordIndex index : registry.AtPort(port)) {
      covering.push_back(&registry.record(index));
    }
    if (covering.empty()) continue;
    for (const Transport transport : kTransports) {
      if (!IsWantedSlot(wanted, port, transport)) continue;
      const ServiceRecord* const record = NameOfSlot(covering, transport);
      if (record != nullptr) slots.push_back({port, transport, record});
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
