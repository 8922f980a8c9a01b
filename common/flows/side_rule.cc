#include "common/flows/side_rule.h"

#include <algorithm>
#include <cstddef>

#include "common/model/port_class.h"

namespace portreg {
namespace {

// Bits of a slot's facts. The bits above them are the class.
constexpr unsigned kIsLocal = 1;
// The slot has a name, and is outside the ephemeral ranges.
constexpr unsigned kIsCandidate = 2;
constexpr unsigned kClassShift = 2;
// Stands for the class of port 0. Above all classes, so that port 0 loses.
constexpr unsigned kNoClass = 4;

unsigned ClassFact(Port port) {
  if (port == 0) return kNoClass;
  return static_cast<unsigned>(ClassOf(port).port_class);
}

bool LiesIn(absl::Span<const PortRange> ranges, Port port) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [port](const PortRange& range) { return range.contains(port); });
}

}  // namespace

SideRule::SideRule(const Registry& registry, const SlotNames& names,
                   absl::Span<const PortRange> ephemeral)
    : facts_(SlotNames::kSlotCount) {
  for (size_t number = 0; number < kPortCount; ++number) {
    const Port port = static_cast<Port>(number);
    const unsigned class_fact = ClassFact(port) << kClassShift;
    const bool is_ephemeral = LiesIn(ephemeral, port);
    for (const Transport transport : kTransports) {
      unsigned facts = class_fact;
      if (registry.TakenLocally(port, transport)) facts |= kIsLocal;
      const bool named = names.At(port, transport) != SlotNames::kNoName;
      if (named && !is_ephemeral) facts |= kIsCandidate;
      facts_[SlotNames::SlotOf(port, transport)] = static_cast<uint8_t>(facts);
    }
  }
}

SideChoice SideRule::Decide(const FlowPorts& flow, Transport transport) const {
  if ((flow.source | flow.destination) == 0) return {};
  if (flow.stated != ServiceSide::kNone) return {flow.stated, SideReason::kFormat};
  if (flow.by_flags != ServiceSide::kNone && transport == Transport::kTcp) {
    return {flow.by_flags, SideReason::kTcpFlags};
  }
  const unsigned source = facts_[SlotNames::SlotOf(flow.source, transport)];
  const unsigned destination = facts_[SlotNames::SlotOf(flow.destination, transport)];
  const auto choose = [](bool is_source, SideReason reason) {
    return SideChoice{is_source ? ServiceSide::kSource : ServiceSide::kDestination, reason};
  };
  const unsigned differing = source ^ destination;
  if ((differing & kIsLocal) != 0) return choose((source & kIsLocal) != 0, SideReason::kLocal);
  if ((differing & kIsCandidate) != 0) {
    return choose((source & kIsCandidate) != 0, SideReason::kNamed);
  }
  if (differing != 0) return choose(source < destination, SideReason::kClass);
  if (flow.source != flow.destination) {
    return choose(flow.source < flow.destination, SideReason::kNumber);
  }
  return {ServiceSide::kBoth, SideReason::kSamePort};
}

}  // namespace portreg
