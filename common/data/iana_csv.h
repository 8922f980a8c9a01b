// Reads records from the CSV format of IANA's Service Name and Transport
// Protocol Port Number Registry.
#ifndef PORTREG_COMMON_DATA_IANA_CSV_H_
#define PORTREG_COMMON_DATA_IANA_CSV_H_

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/layer.h"
#include "common/model/record.h"

namespace portreg {

// The most rows taken from one text; IANA's had 14,512 in 2026.
inline constexpr size_t kMaxRows = 200'000;

struct ParsedIanaCsv {
  // In the text's order.
  std::vector<ServiceRecord> records;
  // Rows whose port, transport or name cannot be used.
  std::vector<SetAsideRow> set_aside;
};

// Reads every row of `text`. Columns are found by their header, in any order
// and case; "Service Name", "Port Number", "Transport Protocol" and
// "Description" must be there, others may be missing, unknown ones are passed
// over. "Known Unauthorized Uses" is the header that files before about 2019
// have for "Unauthorized Use Reported".
//
// INVALID_ARGUMENT, with line and column, for a text that is no such file:
// empty, not CSV, not UTF-8, with NUL bytes, without the columns, a row with
// more or fewer fields than the header, more than kMaxRows rows.
//
// Records view `text` and what is added to `unescaped`; both must outlive them.
absl::StatusOr<ParsedIanaCsv> ParseIanaCsv(absl::string_view text, Layer layer,
                                           std::deque<std::string>& unescaped);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_IANA_CSV_H_
