// Reads the tool's command line and environment variables.
#ifndef PORTREG_CLIENT_CLI_FLAGS_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_FLAGS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/base/invocation.h"

namespace portreg::cli {

// Reads the command line. A flag overrides its environment variable. INVALID_ARGUMENT,
// naming the argument or the variable, for an invalid one.
absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv);

// Returns an error of the client library in which the names of options are replaced by
// the flags or variables that set them. Returns OK unchanged.
absl::Status NamedByOrigin(const absl::Status& status, const Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_FLAGS_H_
