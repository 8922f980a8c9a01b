// Reads the flags of the command import.
#ifndef PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Reads the flags of import into `invocation.import`. Returns INVALID_ARGUMENT, naming the flag and
// what is allowed, for an invalid value, for a flag of import with another command, and, with
// import, for any other flag and for more than one file.
absl::Status ReadImportFlags(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_IMPORT_FLAGS_H_
