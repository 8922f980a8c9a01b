// Raises and checks the limits that the system sets for the process.
#ifndef PORTREG_SERVER_PROCESS_PROCESS_LIMITS_H_
#define PORTREG_SERVER_PROCESS_PROCESS_LIMITS_H_

#include "absl/status/status.h"

namespace portreg::server {

// Raises the limit of open descriptors (RLIMIT_NOFILE) to the highest that the
// system allows, because each connection needs one. Returns RESOURCE_EXHAUSTED
// if that is less than a server needs.
absl::Status RaiseDescriptorLimit();

// Returns RESOURCE_EXHAUSTED if the limit of address space (RLIMIT_AS) is less
// than a server needs to start. Without this check, the start would fail in
// whichever library is the first to get no memory.
absl::Status CheckAddressSpace();

// From now on, an uncaught exception which says that the system has no thread or
// no memory left writes a line to the log and ends the process with exit code 1.
// Any other uncaught exception aborts the process as before.
//
// No destructor runs, because that of a server whose threads never started would
// wait for them.
void ReportLackOfThreadsAndMemory();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_PROCESS_LIMITS_H_
