// Where a server listens: reading such addresses.
#ifndef PORTREG_SERVER_NET_LISTEN_ADDRESS_H_
#define PORTREG_SERVER_NET_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg::server {

// "host:port", "[ipv6]:port" or "unix:path". Port 0 lets the system choose.
struct ListenAddress {
  // Without brackets. Empty for a unix socket.
  std::string host;
  Port port = 0;
  // Path of a unix socket. Empty for TCP.
  std::string path;

  // As gRPC takes it, and as READY prints it.
  [[nodiscard]] std::string ToString() const;

  // Whether only this machine can reach it: a unix socket, localhost, 127.0.0.0/8
  // or ::1.
  [[nodiscard]] bool IsLoopback() const;
};

// INVALID_ARGUMENT, naming the text, for anything else.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_LISTEN_ADDRESS_H_
