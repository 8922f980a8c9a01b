// Reads listening sockets from the kernel by sock_diag(7).
#ifndef PORTREG_CLIENT_CLI_AUDIT_SOCK_DIAG_H_
#define PORTREG_CLIENT_CLI_AUDIT_SOCK_DIAG_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/audit/proc_net.h"
#include "common/model/port.h"

namespace portreg::cli {

// Returns the listening sockets of one family, AF_INET or AF_INET6, in the network
// namespace of this process. `transport` is kTcp or kUdp. Needs no privilege. UNAVAILABLE
// if the kernel lacks the interface, as in some containers. RESOURCE_EXHAUSTED if there are
// more than kMaxSockets.
absl::StatusOr<std::vector<KernelSocket>> ReadSockDiag(int family, Transport transport);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_SOCK_DIAG_H_
