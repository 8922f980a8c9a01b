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
//   3. local      exactly one port belongs to a record of layer local: what an organisation
//                 has assigned is the best evidence short of the packets
//   4. named      exactly one port has a name and is outside the ephemeral ranges: clients
//                 use ports that nobody has named, or ephemeral ones that bear a name by
//                 accident
//   5. class      a well-known port before a registered one, and that before a dynamic one
//   6. number     the lower port, because services are assigned from below
//
// Equal ports without a decision of steps 1 and 2, such as NTP's, are "same-port" of "both".
// Protocols without ports get no side. Flows of which both ports are 0 get none either,
// because logs write 0 for fragments, whose ports are unknown. A port 0 loses step 5,
// because it cannot be listened on.
//
//   const SideRule rule(registry, SlotNames(registry));
//   rule.Decide({.protocol = 6, .source = 51000, .destination = 443});
//
// Takes 256 KiB, and is independent of the registry after it was built. Immutable.
// Thread-safe.
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

  // Returns the port of the side that was chosen. Requires that one was.
  [[nodiscard]] static Port PortOf(const FlowPorts& flow, ServiceSide side) {
    return side == ServiceSide::kDestination ? flow.destination : flow.source;
  }

 private:
  // By SlotNames::SlotOf(): what steps 3 to 5 need to know of a slot.
  std::vector<uint8_t> facts_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_FLOWS_SIDE_RULE_H_
