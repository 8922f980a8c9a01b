// Where the server listens: reading such addresses, and finding out why one
// cannot be had.
#ifndef PORTREG_SERVER_LISTEN_ADDRESS_H_
#define PORTREG_SERVER_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/port.h"

namespace portreg {

// "host:port", "[ipv6]:port" or "unix:path". Port 0 lets the system choose.
struct ListenAddress {
  // Without brackets. Empty for a unix socket.
  std::string host;
  Port port = 0;
  // Path of a unix socket. Empty for TCP.
  std::string path;

  // As gRPC takes it, and as READY prints it.
  [[nodiscard]] std::string ToString() const;
};

// INVALID_ARGUMENT, naming the text, for anything else.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Whether a listener could be opened there now: OK, or UNAVAILABLE that names
// the address and why not (taken, not permitted, no such host). gRPC itself
// says no more than that binding failed, and takes over a unix socket that
// another server still listens on.
absl::Status CheckAddressIsFree(const ListenAddress& address);

}  // namespace portreg

#endif  // PORTREG_SERVER_LISTEN_ADDRESS_H_
