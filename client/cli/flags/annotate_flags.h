// Reads the flags of the command annotate.
#ifndef PORTREG_CLIENT_CLI_FLAGS_ANNOTATE_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_ANNOTATE_FLAGS_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Reads the flags of annotate into `invocation.annotate`. Requires that the verb and the keys are
// set. Returns INVALID_ARGUMENT, naming the flag and what is allowed, for an invalid value, for a
// flag of annotate with another command, and for a flag of other commands with annotate.
absl::Status ReadAnnotateFlags(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_ANNOTATE_FLAGS_H_
