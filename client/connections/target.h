// Checks and completes a client's target.
#ifndef PORTREG_CLIENT_CONNECTIONS_TARGET_H_
#define PORTREG_CLIENT_CONNECTIONS_TARGET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::internal {

// The target as gRPC takes it, every host of it with a port: 6335 where it has
// none. Accepts host and host:port, where host is a name, an IPv4 address or an
// IPv6 address (in brackets if a port follows); these behind dns: or dns:///;
// addresses, or lists of them with commas, behind ipv4: and ipv6:; and unix:,
// unix-abstract: and xds: targets, which have no port and are returned as they
// are. Empty: kDefaultAddress. INVALID_ARGUMENT, naming the value and what is
// allowed, for anything else.
absl::StatusOr<std::string> CompleteTarget(absl::string_view target);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_TARGET_H_
