// Writes the findings of an audit.
#ifndef PORTREG_CLIENT_CLI_FORMATS_AUDIT_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_AUDIT_WRITER_H_

#include <string>

#include "absl/types/span.h"
#include "client/cli/audit/finding.h"
#include "client/cli/base/invocation.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"

namespace portreg::cli {

// Options of WriteFindings().
struct AuditShape {
  // One of kTable, kJson, kNdjson, kCsv and kTsv.
  Format format = Format::kTable;
  // Writes the columns' titles. Default: true.
  bool headers = true;
  // Adds a column for the file to a table. The other formats always have it. Default: false.
  bool files = false;
  Terminal terminal = {};
};

// Writes all findings in their order. kJson is one object with the members "revision" and
// "findings"; kNdjson has one finding a line. Each finding has every member, in the same
// order.
void WriteFindings(absl::Span<const AuditFinding> findings, const std::string& revision,
                   const AuditShape& shape, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_AUDIT_WRITER_H_
