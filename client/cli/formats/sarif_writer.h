// Writes the findings of a check as SARIF, which code scanning services read.
#ifndef PORTREG_CLIENT_CLI_FORMATS_SARIF_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_SARIF_WRITER_H_

#include "absl/types/span.h"
#include "client/cli/check/check_finding.h"
#include "client/cli/display/printer.h"

namespace portreg::cli {

// Writes one run of SARIF 2.1.0 with a result for each finding. Relative paths stay
// relative, so that a service finds the files of its repository. Columns are left out,
// because SARIF counts characters and not bytes.
void WriteSarif(absl::Span<const CheckFinding> findings, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_SARIF_WRITER_H_
