// Checks that the system grants the threads, descriptors and memory that calls need.
#ifndef PORTREG_CLIENT_CLI_BASE_RESOURCES_H_
#define PORTREG_CLIENT_CLI_BASE_RESOURCES_H_

#include "absl/status/status.h"

namespace portreg::cli {

// Returns RESOURCE_EXHAUSTED if the process cannot get the threads or the descriptors
// that a call needs (ulimit -u and -n, pids.max of a cgroup). Without them gRPC would
// wait forever or abort.
absl::Status CheckResources();

// If memory or a thread is unavailable later on, makes the process print a line on
// standard error and exit with `exit_code`, instead of ending by a signal.
void ReportExhaustion(int exit_code);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_RESOURCES_H_
