// Checks and completes a client's target.
#ifndef PORTREG_CLIENT_CONNECTIONS_TARGET_H_
#define PORTREG_CLIENT_CONNECTIONS_TARGET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::internal {

// Returns the target in gRPC's syntax, and adds port 6335 to hosts without a port.
// Accepts:
// - host and host:port, where host is a name, an IPv4 address or an IPv6 address (in
//   brackets if a port follows), also after dns: or dns:///;
// - addresses, or lists of them separated by commas, after ipv4: or ipv6:;
// - unix:, unix-abstract: and xds: targets, which have no port and are not changed;
// - the empty target, for which it returns kDefaultAddress.
// INVALID_ARGUMENT, naming the value and what is allowed, for anything else.
absl::StatusOr<std::string> CompleteTarget(absl::string_view target);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_TARGET_H_
