// Reads the names of output formats and knows which commands support them.
#ifndef PORTREG_CLIENT_CLI_BASE_FORMATS_H_
#define PORTREG_CLIENT_CLI_BASE_FORMATS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/invocation.h"

namespace portreg::cli {

// Reads the value of -o. INVALID_ARGUMENT, naming the formats of the command, for any
// other value.
absl::StatusOr<Format> ReadFormat(absl::string_view name, Verb verb);

// Reads the value of export's --format. INVALID_ARGUMENT, naming the formats of export,
// for any other value and for an empty one.
absl::StatusOr<ExportFormat> ReadExportFormat(absl::string_view name);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_FORMATS_H_
