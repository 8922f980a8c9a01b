// Lists the slots that have a name, each once.
#ifndef PORTREG_COMMON_NAMES_NAMED_SLOTS_H_
#define PORTREG_COMMON_NAMES_NAMED_SLOTS_H_

#include <vector>

#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// A slot (a port on a transport) and the record that names it.
struct NamedSlot {
  Port port;
  // Never kNone.
  Transport transport;
  const ServiceRecord* record;
};

// A range of ports on one transport, or on all (kNone).
struct SlotRange {
  PortRange ports;
  Transport transport;
};

// Returns the slots that have a name by NameOfSlot(), in the order of ports and then of
// kTransports. Leaves out slots outside `wanted`, unless `wanted` is empty. Ranges of
// `wanted` may overlap. The result has at most 4 * kPortCount elements, and is valid as
// long as the registry exists.
std::vector<NamedSlot> NamedSlots(const Registry& registry, absl::Span<const SlotRange> wanted);

// Like NamedSlots(), but returns only the first slot of each port: a name on tcp precedes
// one on udp, then come sctp and dccp.
std::vector<NamedSlot> NamedPorts(const Registry& registry, absl::Span<const SlotRange> wanted);

}  // namespace portreg

#endif  // PORTREG_COMMON_NAMES_NAMED_SLOTS_H_
