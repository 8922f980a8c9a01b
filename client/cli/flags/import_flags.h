// Reads the flags of the command import.
#ifndef PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Reads the flags of import into `invocation.import`. INVALID_ARGUMENT, naming the flag
// and what is allowed, for an invalid value, for a flag of import that another command
// was given, and for any other flag or more than one file that import was given.
absl::Status ReadImportFlags(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_
