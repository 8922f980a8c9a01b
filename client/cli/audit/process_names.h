// Compares the names of processes with the names of services.
#ifndef PORTREG_CLIENT_CLI_AUDIT_PROCESS_NAMES_H_
#define PORTREG_CLIENT_CLI_AUDIT_PROCESS_NAMES_H_

#include "absl/strings/string_view.h"
#include "common/model/record.h"

namespace portreg::cli {

// Returns true if a process of this name is one that a service of that name has. Case,
// hyphens, underscores, dots and blanks do not count. Nor does an ending "d", "daemon" or
// "server" of either name: sshd is one of ssh, redis-server one of redis. The kernel cuts
// the names of processes to 15 bytes, so a process with a name of 15 bytes is one of each
// service whose name begins with them.
bool IsProcessOf(absl::string_view process, absl::string_view service);

// Returns true if IsProcessOf() for the record's service or for one of its aliases.
bool IsProcessOf(absl::string_view process, const ServiceRecord& record);

// Returns true if a process of this name listens on behalf of others, so that its name says
// nothing: the first process, inetd and the proxies of containers.
bool ListensForOthers(absl::string_view process);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_PROCESS_NAMES_H_
