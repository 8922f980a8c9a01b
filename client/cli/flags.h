// The tool's flags, and the environment variables that stand for them.
#ifndef PORTREG_CLIENT_CLI_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_H_

#include "absl/status/statusor.h"
#include "client/cli/invocation.h"

namespace portreg::cli {

// Reads the command line. INVALID_ARGUMENT, naming it, for an unusable
// argument; an unknown flag ends the process with exit code 1, as Abseil does.
absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_H_
