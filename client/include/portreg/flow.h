// Describes a network flow, and the side of it that is the service.
#ifndef PORTREG_FLOW_H_
#define PORTREG_FLOW_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg {

// A side of a flow.
enum class FlowSide : uint8_t {
  // No side, or an unknown one.
  kNone = 0,
  // The side that sent the packets of the flow.
  kSource = 1,
  // The side that received them.
  kDestination = 2,
  // Both: the ports are equal, and nothing tells the sides apart.
  kBoth = 3,
};

// The step of the rule that chose a side. The steps are tried in this order.
enum class FlowRule : uint8_t {
  // No side was chosen.
  kNone = 0,
  // Flow::stated says so.
  kFormat = 1,
  // Flow::tcp_flags show it.
  kTcpFlags = 2,
  // Exactly one port belongs to a record of layer local.
  kLocal = 3,
  // Exactly one port has a name and is outside the ephemeral ranges, 32768-65535.
  kNamed = 4,
  // One port is of a lower class: well-known before registered before dynamic.
  kClass = 5,
  // One port is lower.
  kNumber = 6,
  // The ports are equal.
  kSamePort = 7,
};

// Returns "source", "destination" or "both", or an empty text for kNone.
absl::string_view ToString(FlowSide side);

// Returns "format", "tcp-flags", "local", "named", "class", "number" or "same-port", or an
// empty text for kNone.
absl::string_view ToString(FlowRule rule);

// The packets that one side sent to another, as a flow log records them.
struct Flow {
  // IANA's number of the protocol, such as 6 for TCP. Protocols without ports have no
  // service. Default: 0.
  int32_t protocol = 0;
  // The ports, 0-65535. Default: 0.
  int32_t source_port = 0;
  // See source_port.
  int32_t destination_port = 0;
  // The side that the log states to be the service, such as the responder of a connection.
  // Default: kNone, none is stated.
  FlowSide stated = FlowSide::kNone;
  // The TCP flags of the source's first packet, of which SYN (2) and ACK (16) are used. If
  // they are the union of all packets, as in NetFlow, and have ACK, they show nothing: leave
  // them out. Default: 0, unknown.
  uint32_t tcp_flags = 0;
};

// The service of a flow.
struct FlowService {
  // The side that is the service. kNone: the flow has no service, because its protocol has
  // no ports, both ports are 0, or a port is out of range.
  FlowSide side = FlowSide::kNone;
  // The step that chose the side.
  FlowRule rule = FlowRule::kNone;
  // The port of that side; 0 for kNone.
  int32_t port = 0;
  // The record that names the port: the first of layer local, of the defaults of software,
  // of IANA's registry and of the table of common ports. nullptr if none does. Valid as long
  // as the snapshot exists.
  const v1::PortRecord* record = nullptr;
};

}  // namespace portreg

#endif  // PORTREG_FLOW_H_
