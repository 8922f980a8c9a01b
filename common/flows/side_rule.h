// Decides which side of a flow is the service.
#ifndef PORTREG_COMMON_FLOWS_SIDE_RULE_H_
#define PORTREG_COMMON_FLOWS_SIDE_RULE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "common/flows/flow_ports.h"
#include "common/model/port.h"
#include "common/model/registry.h"
#include "common/names/slot_names.h"

namespace portreg {

// The ports that systems give to outgoing connections: 32768-60999 of Linux, and the dynamic
// class, from which Windows, macOS and FreeBSD choose.
inline constexpr std::array<PortRange, 1> kEphemeralPorts = {{{32768, 65535}}};

// The side that is the service, and the step of the rule that chose it.
struct SideChoice {
  ServiceSide side = ServiceSide::kNone;
  SideReason reason = SideReason::kNone;

  friend bool operator==(const SideChoice&, const SideChoice&) = default;
};

// Tells the service of a flow from its client. The first step that applies decides:
//
//   1. format     the log states who opened the connection
//   2. tcp-flags  SYN alone comes from the client, SYN and ACK from the service
//   3. local      exactly one port belongs to a record of layer local: an organisation's own
//                 assignment is the best evidence besides the packets
//   4. named      exactly one port has a name and is outside the ephemeral ranges: clients use
//                 ports without a name, or ephemeral ports, some of which have a name by chance
//   5. class      a well-known port before a registered one, and that before a dynamic one
//   6. number     the lower port, because services are assigned from below
//
// If the ports are equal, as between NTP servers, and steps 1 and 2 do not decide, the side is
// "both" and the step is "same-port". A flow of a protocol without ports gets no side. A flow
// whose ports are both 0 gets none either, because logs write 0 for fragments, whose ports are
// unknown. Port 0 loses step 5, because no service can listen on it.
//
//   const SideRule rule(registry, SlotNames(registry));
//   rule.Decide({.protocol = 6, .source = 51000, .destination = 443});
//
// Takes 256 KiB. Does not refer to the registry after construction. Immutable. Thread-safe.
class SideRule {
 public:
  // `names` must be those of `registry`.
  SideRule(const Registry& registry, const SlotNames& names,
           absl::Span<const PortRange> ephemeral = kEphemeralPorts);

  // Returns the side that is the service.
  [[nodiscard]] SideChoice Decide(const FlowPorts& flow) const {
    const std::optional<Transport> transport = TransportOfFlow(flow.protocol);
    return transport ? Decide(flow, *transport) : SideChoice{};
  }

  // The same, for a flow whose transport is known. Ignores `flow.protocol`.
  [[nodiscard]] SideChoice Decide(const FlowPorts& flow, Transport transport) const;

  // Returns the port of a side that Decide() has chosen. `side` must not be kNone.
  [[nodiscard]] static Port PortOf(const FlowPorts& flow, ServiceSide side) {
    return side == ServiceSide::kDestination ? flow.destination : flow.source;
  }

 private:
  // The facts that steps 3 to 5 need about each slot. The index is SlotNames::SlotOf().
  std::vector<uint8_t> facts_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_FLOWS_SIDE_RULE_H_
