// Finds the processes that hold sockets.
#ifndef PORTREG_CLIENT_CLI_AUDIT_SOCKET_OWNERS_H_
#define PORTREG_CLIENT_CLI_AUDIT_SOCKET_OWNERS_H_

#include <string>
#include <vector>

#include "client/cli/audit/listening_socket.h"
#include "client/cli/audit/proc_net.h"

namespace portreg::cli {

// Sets the owners of each socket from the descriptors of all processes below `proc`, which
// is /proc except in tests. The descriptors of other users' processes are not readable
// without privilege: then a socket has no owners.
std::vector<ListeningSocket> WithOwners(std::vector<KernelSocket> sockets,
                                        const std::string& proc = "/proc");

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_SOCKET_OWNERS_H_
