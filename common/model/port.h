// Defines ports, ranges of ports, transports and states, the vocabulary of RFC 6335.
#ifndef PORTREG_COMMON_MODEL_PORT_H_
#define PORTREG_COMMON_MODEL_PORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg {

// A port number, 0-65535.
using Port = uint16_t;

inline constexpr int kMaxPort = 65535;
inline constexpr size_t kPortCount = 65536;

// The default address, where portregd listens and clients connect. 6335 was chosen
// because it is unassigned on every transport. It is neither dynamic (RFC 6335 section
// 8.1.2 forbids dynamic ports as identifiers of a service) nor privileged, and lies
// outside the default ranges of Linux's ephemeral ports and Kubernetes' NodePorts.
inline constexpr absl::string_view kDefaultAddress = "127.0.0.1:6335";

// A range of ports that includes both ends. One port is a range of width 1.
struct PortRange {
  Port first = 0;
  Port last = 0;

  static constexpr PortRange All() { return {0, kMaxPort}; }

  [[nodiscard]] constexpr int width() const { return last - first + 1; }
  [[nodiscard]] constexpr bool contains(Port port) const { return first <= port && port <= last; }
  [[nodiscard]] constexpr bool contains(PortRange other) const {
    return first <= other.first && other.last <= last;
  }
  friend constexpr bool operator==(const PortRange&, const PortRange&) = default;
};

// Returns text such as "443" or "6000-6063".
std::string ToString(PortRange range);

// Returns INVALID_ARGUMENT if `number` is not within [0, 65535].
absl::StatusOr<Port> CheckPort(int64_t number);

// Parses decimal digits. Returns INVALID_ARGUMENT for anything else, for a leading
// zero, and for a number above 65535.
absl::StatusOr<Port> ParsePort(absl::string_view text);

// Parses "a" or "a-b". Returns INVALID_ARGUMENT where ParsePort does, and for a range
// whose first port is above its last.
absl::StatusOr<PortRange> ParsePortRange(absl::string_view text);

// A transport protocol. In a record, kNone means that the source states none, and the
// record holds for any. In a question, kNone means no filter. The values are those of
// the protocol's enum; records are sorted by them.
enum class Transport : uint8_t { kNone = 0, kTcp = 1, kUdp = 2, kSctp = 3, kDccp = 4 };

inline constexpr std::array<Transport, 4> kTransports = {Transport::kTcp, Transport::kUdp,
                                                         Transport::kSctp, Transport::kDccp};

// Returns "tcp", "udp", "sctp" or "dccp", or an empty text for kNone.
absl::string_view ToString(Transport transport);

// Parses a transport's name, ignoring case. Returns nullopt for any other text.
std::optional<Transport> ParseTransport(absl::string_view text);

// Returns the number of a transport in IANA's registry of protocol numbers: 6 for tcp, 17
// for udp, 33 for dccp, 132 for sctp. Returns nullopt for kNone.
std::optional<int> ProtocolNumber(Transport transport);

// Returns the transport with IANA's protocol number `number`, or nullopt if it is none of
// the four.
std::optional<Transport> TransportOfProtocol(int number);

// Returns true if a question about `question` includes `transport`. kNone includes all
// four transports.
constexpr bool Asks(Transport question, Transport transport) {
  return question == Transport::kNone || question == transport;
}

// Returns true if a record of transport `record` answers a question about `question`. A
// record that states no transport answers every question.
constexpr bool Answers(Transport record, Transport question) {
  return question == Transport::kNone || record == Transport::kNone || record == question;
}

// The three classes of RFC 6335 section 6. The values are those of the protocol's enum.
enum class PortClass : uint8_t { kWellKnown = 1, kRegistered = 2, kDynamic = 3 };

// The state of a port on a transport in IANA's registry. The values are those of the
// protocol's enum.
enum class AssignmentState : uint8_t {
  kAssigned = 1,
  kReserved = 2,
  kUnassigned = 3,
  kDynamic = 4
};

// Returns "assigned", "reserved", "unassigned" or "dynamic".
absl::string_view ToString(AssignmentState state);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_PORT_H_
