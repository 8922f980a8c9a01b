// Reads tables of ports that organisations keep for their own use.
#ifndef PORTREG_COMMON_DATA_OWN_TABLE_H_
#define PORTREG_COMMON_DATA_OWN_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/data/iana_csv.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg {

// Reads a CSV table with IANA's columns and the optional columns Owner, Aliases, Scope,
// Status, Since, Until and Bind. These columns accept:
//
//   Port Number         empty, or ports and ranges: 80,443 or 35200 - 35220
//   Transport Protocol  empty (any), or some of tcp, udp, sctp and dccp: TCP/UDP
//   Aliases             other names, separated by spaces; no commas and semicolons
//   Scope               where the row applies: labels such as eu/prod, at most 64 bytes
//   Status              active (or empty), planned, deprecated or retired
//   Since, Until        empty, or a day such as 2026-11-29; Until does not precede Since
//   Bind                empty, or loopback
//
// A row becomes one record for each combination of its ranges and transports. A row
// without a service name is a block of ports; it needs an owner if the layer is kLocal.
// Rows of empty cells are skipped. A column without a title must be empty. Other unusable rows are
// set aside, with the position of the column and the values allowed there. Errors and lifetimes are
// those of ParseIanaCsv, but kMaxRows bounds the sum of records and rows set aside.
//
// Columns that are neither among the above nor IANA's are not read, but reported.
absl::StatusOr<ParsedIanaCsv> ParseOwnTable(absl::string_view text, Layer layer, LayerText& kept);

// Like ParseOwnTable, but also sets aside rows that are not CSV, or have more or fewer fields
// than the header. Reading continues at the line after the first line of such a row. After
// 100 of them, the rest of the text is set aside as one row. Returns an error for a faulty
// header or encoding.
absl::StatusOr<ParsedIanaCsv> ParseFaultyOwnTable(absl::string_view text, Layer layer,
                                                  LayerText& kept);

// Parse one cell as described above. Return INVALID_ARGUMENT, naming the value, for
// anything else. An empty text gives no ranges, and the single transport kNone.
absl::StatusOr<std::vector<PortRange>> ParsePortList(absl::string_view text);
absl::StatusOr<std::vector<Transport>> ParseTransportList(absl::string_view text);

// Checks a cell of an optional column by itself, without surrounding blanks. `header` is
// the column's title above. Returns INVALID_ARGUMENT, naming the value and what is allowed.
absl::Status CheckOptionalCell(absl::string_view header, absl::string_view text);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_OWN_TABLE_H_
