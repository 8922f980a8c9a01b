// Parses the addresses at which a server listens.
#ifndef PORTREG_SERVER_NET_LISTEN_ADDRESS_H_
#define PORTREG_SERVER_NET_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg::server {

// A "host:port", "[ipv6]:port" or "unix:path". Port 0 lets the system choose.
struct ListenAddress {
  // Without brackets. Empty for a Unix socket.
  std::string host;
  Port port = 0;
  // Path of a Unix socket. Empty for TCP.
  std::string path;

  // Returns the text that gRPC accepts and that READY lines show.
  [[nodiscard]] std::string ToString() const;

  // Returns true if only this machine can reach the address: a Unix socket,
  // localhost, 127.0.0.0/8 or ::1.
  [[nodiscard]] bool IsLoopback() const;
};

// Parses an address. Returns INVALID_ARGUMENT, naming the text, for any other text.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_LISTEN_ADDRESS_H_
