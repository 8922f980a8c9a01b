// What the tool's command line and environment variables ask for.
#ifndef PORTREG_CLIENT_CLI_BASE_FLAGS_H_
#define PORTREG_CLIENT_CLI_BASE_FLAGS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/base/invocation.h"

namespace portreg::cli {

// Reads the command line. A flag wins over the variable that stands for it.
// INVALID_ARGUMENT, naming the argument or the variable, for an unusable one.
absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv);

// An error of the client library about the options, in which the fields are
// named by the flags or the variables that have set them.
absl::Status NamedByOrigin(const absl::Status& status, const Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_FLAGS_H_
