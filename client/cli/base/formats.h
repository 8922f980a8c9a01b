// Which output formats there are, and which command has which.
#ifndef PORTREG_CLIENT_CLI_BASE_FORMATS_H_
#define PORTREG_CLIENT_CLI_BASE_FORMATS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/invocation.h"

namespace portreg::cli {

// Reads the value of -o. INVALID_ARGUMENT, naming those that the command has,
// for any other.
absl::StatusOr<Format> ReadFormat(absl::string_view name, Verb verb);

// Reads the value of export's --format. INVALID_ARGUMENT, naming those there
// are, for any other and for none.
absl::StatusOr<ExportFormat> ReadExportFormat(absl::string_view name);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_FORMATS_H_
