// Ports, ranges of ports, transports and states: the vocabulary of RFC 6335.
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

// Where portregd listens and where its clients look for it, unless told
// otherwise. 6335 is unassigned on every transport, neither dynamic (RFC 6335
// section 8.1.2 forbids those as a service's identifier) nor privileged, and
// outside Linux' ephemeral and Kubernetes' NodePort ranges.
inline constexpr absl::string_view kDefaultAddress = "127.0.0.1:6335";

// A range of ports with both ends in it; one port is a range of width 1.
struct PortRange {
  Port first = 0;
  Port last = 0;

  static constexpr PortRange All() { return {0, kMaxPort}; }

  [[nodiscard]] constexpr int width() const { return last - first + 1; }
  [[nodiscard]] constexpr bool contains(Port port) const { return first <= port && port <= last; }
  friend constexpr bool operator==(const PortRange&, const PortRange&) = default;
};

// "443" or "6000-6063".
std::string ToString(PortRange range);

// INVALID_ARGUMENT unless `number` is within [0, 65535].
absl::StatusOr<Port> CheckPort(int64_t number);

// Parses decimal digits. INVALID_ARGUMENT for anything else, for a leading
// zero, and for a number above 65535.
absl::StatusOr<Port> ParsePort(absl::string_view text);

// Parses "a" or "a-b". INVALID_ARGUMENT as ParsePort, and for a range whose
// first port is above its last.
absl::StatusOr<PortRange> ParsePortRange(absl::string_view text);

// A transport protocol. In a record kNone means that the source states none,
// which stands for any; in a question it means no filter. Values are those of
// the protocol's enum, and records are ordered by them.
enum class Transport : uint8_t { kNone = 0, kTcp = 1, kUdp = 2, kSctp = 3, kDccp = 4 };

inline constexpr std::array<Transport, 4> kTransports = {Transport::kTcp, Transport::kUdp,
                                                         Transport::kSctp, Transport::kDccp};

// "tcp", "udp", "sctp", "dccp"; empty for kNone.
absl::string_view ToString(Transport transport);

// Reads a transport's name, ignoring case; nothing for any other text.
std::optional<Transport> ParseTransport(absl::string_view text);

// The transports that a question about `transport` is about: itself, or all
// four for kNone.
constexpr bool Asks(Transport question, Transport transport) {
  return question == Transport::kNone || question == transport;
}

// Whether a record of transport `record` answers a question about `question`:
// records that state no transport answer every one.
constexpr bool Answers(Transport record, Transport question) {
  return question == Transport::kNone || record == Transport::kNone || record == question;
}

// The three classes of RFC 6335 section 6. Values are the protocol's.
enum class PortClass : uint8_t { kWellKnown = 1, kRegistered = 2, kDynamic = 3 };

// What IANA's registry says of a port on a transport. Values are the
// protocol's.
enum class AssignmentState : uint8_t {
  kAssigned = 1,
  kReserved = 2,
  kUnassigned = 3,
  kDynamic = 4
};

// "assigned", "reserved", "unassigned", "dynamic".
absl::string_view ToString(AssignmentState state);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_PORT_H_
