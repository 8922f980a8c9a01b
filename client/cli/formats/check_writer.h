// Writes the findings of a check, in all formats but SARIF.
#ifndef PORTREG_CLIENT_CLI_FORMATS_CHECK_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_CHECK_WRITER_H_

#include <string>

#include "absl/types/span.h"
#include "client/cli/base/invocation.h"
#include "client/cli/check/check_finding.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"

namespace portreg::cli {

// Writes findings in their order.
//   kTable    "FILE:LINE: severity rule: message", or "CLAIM: severity rule: message";
//             findings of one severity about the same ports of a row are one line, with
//             the rules joined by "," and the messages by "; "
//   kJson     one document, with the revision and the numbers of findings
//   kNdjson   a JSON object a line
//   kGithub   workflow commands of GitHub Actions, which annotate lines of a change
//   kSarif    see sarif_writer.h
void WriteCheckFindings(absl::Span<const CheckFinding> findings, const std::string& revision,
                        Format format, const Terminal& terminal, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_CHECK_WRITER_H_
