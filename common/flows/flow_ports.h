// Describes the parts of a flow that decide which side is the service.
#ifndef PORTREG_COMMON_FLOWS_FLOW_PORTS_H_
#define PORTREG_COMMON_FLOWS_FLOW_PORTS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// A side of a flow. kBoth: the two ports are equal, and nothing else distinguishes the sides.
enum class ServiceSide : uint8_t { kNone = 0, kSource = 1, kDestination = 2, kBoth = 3 };

// The step of the rule that chose a side, in the order in which the steps are tried.
enum class SideReason : uint8_t {
  // No side is chosen.
  kNone = 0,
  // The log states who opened the connection.
  kFormat = 1,
  // The TCP flags show who opened the connection.
  kTcpFlags = 2,
  // Exactly one port belongs to layer local.
  kLocal = 3,
  // Exactly one port has a name and is outside the ephemeral ranges.
  kNamed = 4,
  // One port is of a lower class.
  kClass = 5,
  // One port is lower.
  kNumber = 6,
  // The ports are equal.
  kSamePort = 7,
};

inline constexpr int kSideCount = 4;
inline constexpr int kReasonCount = 8;

// Returns "source", "destination" or "both", or an empty text for kNone.
absl::string_view ToString(ServiceSide side);

// Returns "format", "tcp-flags", "local", "named", "class", "number" or "same-port", or an
// empty text for kNone.
absl::string_view ToString(SideReason reason);

// The ports of a flow and what its log says about them.
struct FlowPorts {
  // IANA's number of the protocol: 6 for TCP.
  int protocol = 0;
  Port source = 0;
  Port destination = 0;
  // The side that the log states to be the service; kNone if it states none.
  ServiceSide stated = ServiceSide::kNone;
  // The outcome of SideOfTcpFlags(). Ignored for other protocols than TCP.
  ServiceSide by_flags = ServiceSide::kNone;
};

// Bits of the flags of RFC 9293 section 3.1.
inline constexpr unsigned kTcpSyn = 0x02;
inline constexpr unsigned kTcpAck = 0x10;

// Returns the side that is the service, by the TCP flags of the first packet that the source
// sent: the destination if the packet has SYN without ACK, the source if it has both. Returns
// kNone without SYN, because either side sends such packets.
constexpr ServiceSide SideOfTcpFlags(unsigned flags) {
  if ((flags & kTcpSyn) == 0) return ServiceSide::kNone;
  return (flags & kTcpAck) == 0 ? ServiceSide::kDestination : ServiceSide::kSource;
}

// Like SideOfTcpFlags(), for the union of the flags of all packets of the source, as in NetFlow.
// Returns kNone with ACK, because a client sends ACK too after its SYN.
constexpr ServiceSide SideOfUnitedTcpFlags(unsigned flags) {
  return (flags & kTcpAck) == 0 ? SideOfTcpFlags(flags) : ServiceSide::kNone;
}

// Returns the transport that the ports of a protocol belong to, or nullopt if it has none.
// UDP-Lite, protocol 136, uses the ports of UDP (RFC 3828 section 6).
std::optional<Transport> TransportOfFlow(int protocol);

// Returns IANA's number of a protocol by its keyword, ignoring case: 6 for "tcp". Knows the
// protocols with ports, and those that flow logs often name: icmp, igmp, gre, esp, ah and
// others. Returns nullopt for another word.
std::optional<int> ProtocolOfKeyword(absl::string_view keyword);

}  // namespace portreg

#endif  // PORTREG_COMMON_FLOWS_FLOW_PORTS_H_
