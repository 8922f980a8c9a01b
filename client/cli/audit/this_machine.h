// Reads the sockets that listen on this machine.
#ifndef PORTREG_CLIENT_CLI_AUDIT_THIS_MACHINE_H_
#define PORTREG_CLIENT_CLI_AUDIT_THIS_MACHINE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/audit/listening_socket.h"
#include "common/model/port.h"

namespace portreg::cli {

// Returns the sockets of TCP, UDP and SCTP that listen in the network namespace of this
// process, with the processes that this user may see. Reads /proc/net where the kernel
// does not offer sock_diag(7). Returns an error if neither can be read for TCP and UDP of
// IPv4, and RESOURCE_EXHAUSTED if there are more than kMaxSockets.
absl::StatusOr<std::vector<ListeningSocket>> ReadThisMachine();

// Reads the text of /proc/sys/net/ipv4/ip_local_port_range: the ports that Linux gives to
// outgoing connections. Returns nothing for an unusable text.
std::optional<PortRange> ParseEphemeralRange(absl::string_view text);

// Returns that range of this machine; Linux' default if it cannot be read.
PortRange EphemeralRangeOfThisMachine();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_THIS_MACHINE_H_
