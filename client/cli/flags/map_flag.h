// Reads the flag of the map that `list` draws.
#ifndef PORTREG_CLIENT_CLI_FLAGS_MAP_FLAG_H_
#define PORTREG_CLIENT_CLI_FLAGS_MAP_FLAG_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Sets `invocation.map`. Returns INVALID_ARGUMENT, naming it, for a flag that excludes the
// map. Requires that the format has been read.
absl::Status ReadMapFlag(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_MAP_FLAG_H_
