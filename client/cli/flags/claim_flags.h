// Reads the flags of `portreg check` and `portreg suggest`.
#ifndef PORTREG_CLIENT_CLI_FLAGS_CLAIM_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_CLAIM_FLAGS_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Reads the flags into `invocation.claims`. Requires that the verb and the keys are set.
// Returns INVALID_ARGUMENT for an unusable value, for a flag of these commands with another
// command, for a flag of another command with one of these, and for tables together with claims.
absl::Status ReadClaimFlags(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_CLAIM_FLAGS_H_
