// Reads the flags of `portreg export` that concern lookup tables.
#ifndef PORTREG_CLIENT_CLI_FLAGS_LOOKUP_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_LOOKUP_FLAGS_H_

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/flags/command_line.h"
#include "client/cli/flags/settings.h"

namespace portreg::cli {

// Moves the key of a lookup table from `line` to `invocation.lookup_table`.
//
// --key is also the flag of a private key of TLS. In an export of a lookup table, the
// values slot, number and port are keys of the table; any other value is a file.
void TakeLookupKey(CommandLine& line, Invocation& invocation);

// Reads the columns of a lookup table. INVALID_ARGUMENT, naming what is allowed, for
// unusable columns, for columns of another export, and for a key that is neither one of a
// table nor a private key. Requires that the format of the export has been read.
absl::Status ReadLookupFlags(const Settings& settings, Invocation& invocation);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_LOOKUP_FLAGS_H_
