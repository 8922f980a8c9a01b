// Reads listening sockets from the files of /proc/net.
#ifndef PORTREG_CLIENT_CLI_AUDIT_PROC_NET_H_
#define PORTREG_CLIENT_CLI_AUDIT_PROC_NET_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/audit/listening_socket.h"
#include "common/model/port.h"

namespace portreg::cli {

// A socket of this machine, whose owners are not known yet.
struct KernelSocket {
  ListeningSocket socket;
  // The number of the socket's inode, which /proc/PID/fd names as well.
  uint64_t inode = 0;
};

// Reads the text of /proc/net/tcp, tcp6, udp or udp6. Skips sockets that do not listen, and
// lines in another form. These files do not say whether a socket of IPv6 accepts IPv4 too.
std::vector<KernelSocket> ParseProcNet(absl::string_view text, Transport transport);

// Reads the text of /proc/net/sctp/eps, which lists endpoints of SCTP. An endpoint of
// several addresses becomes a socket for each of them.
std::vector<KernelSocket> ParseSctpEndpoints(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_PROC_NET_H_
