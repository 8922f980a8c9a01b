// What the system must grant a process before it can make calls.
#ifndef PORTREG_CLIENT_CLI_BASE_RESOURCES_H_
#define PORTREG_CLIENT_CLI_BASE_RESOURCES_H_

#include "absl/status/status.h"

namespace portreg::cli {

// RESOURCE_EXHAUSTED if the process may not have the threads or the descriptors
// that a call takes (ulimit -u and -n, pids.max of a cgroup). gRPC would wait for
// ever, or abort.
absl::Status CheckResources();

// Has the process end with `exit_code` and a line on standard error, rather than
// by a signal, where memory or a thread cannot be had later on.
void ReportExhaustion(int exit_code);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_RESOURCES_H_
