// Defines a listening socket, and the address that it listens on.
#ifndef PORTREG_CLIENT_CLI_AUDIT_LISTENING_SOCKET_H_
#define PORTREG_CLIENT_CLI_AUDIT_LISTENING_SOCKET_H_

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg::cli {

// The address that a socket is bound to.
struct BoundAddress {
  // The address as ss(8) writes it: "127.0.0.1", "[::1]", "0.0.0.0" or "[::]". "*" means
  // all addresses of IPv4 and IPv6.
  std::string text;
  // The network interface that the socket is bound to: "eth0". Empty: any.
  std::string interface;
  // True if only this machine can reach the socket: an address of 127.0.0.0/8, as IPv4 or
  // mapped into IPv6, ::1, or the interface lo.
  bool loopback = false;
};

// Reads an address: "*", IPv4, or IPv6 with or without brackets. "%interface" may follow
// the address, within or behind the brackets. INVALID_ARGUMENT for any other text.
absl::StatusOr<BoundAddress> ParseBoundAddress(absl::string_view text);

// `interface` is the name of the interface, or empty.
BoundAddress BoundAddressOf(in_addr address, absl::string_view interface);

// `dual` is true if the socket accepts IPv4 as well; only the wildcard address can.
BoundAddress BoundAddressOf(const in6_addr& address, absl::string_view interface, bool dual);

// A process that holds a socket.
struct SocketOwner {
  // The name that the kernel reports, at most 15 bytes; printable.
  std::string name;
  int64_t pid = 0;
};

// A socket that accepts connections, or an unconnected UDP socket that is bound to a port.
// Equal sockets, such as those of workers with SO_REUSEPORT, are one value with a count.
struct ListeningSocket {
  // Never kNone.
  Transport transport = Transport::kTcp;
  BoundAddress address;
  Port port = 0;
  // The processes that hold the socket. Empty: not known.
  std::vector<SocketOwner> owners;
  // The number of equal sockets.
  size_t count = 1;

  // Returns the names of the owners, sorted, each once.
  [[nodiscard]] std::vector<std::string> ProcessNames() const;
};

// Returns text such as "tcp 127.0.0.1:443" or "udp [fe80::1]%eth0:546".
std::string ToString(const ListeningSocket& socket);

// Merges sockets of equal transport, address, port and process names. Returns them sorted
// by port, transport, address and names; the owners of each by name and pid, each once.
std::vector<ListeningSocket> Merged(std::vector<ListeningSocket> sockets);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_LISTENING_SOCKET_H_
