// Finds the ends of rows and fields of CSV that may have quotes.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_CSV_ROWS_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_CSV_ROWS_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// The longest row with a quoted field that contains a line end. The limit keeps a missing
// closing quote from turning the rest of a log into one field.
inline constexpr size_t kMaxMultilineRow = 65'536;

// A row at the beginning of a text.
struct CsvRow {
  // The number of bytes of the row with its line end. 0 if the text does not contain the end of
  // the row.
  size_t size = 0;
  // The number of bytes without the line end, LF or CRLF.
  size_t content = 0;
  // False if a quote is not closed, or if text follows a closing quote. The row then ends at
  // the first line end.
  bool is_valid = true;
};

// Finds the first row of `text`, which must not be empty. Appends its fields to `fields`,
// with their quotes, unless it is nullptr. `is_end`: nothing follows `text`, so that its
// last row needs no line end.
//
// A field is quoted if it begins with a quote; a quote elsewhere is an ordinary character.
CsvRow FirstCsvRow(absl::string_view text, char separator, bool is_end,
                   std::vector<absl::string_view>* fields);

// Returns the size of the longest beginning of `text` that consists of whole rows.
size_t WholeCsvRows(absl::string_view text, char separator);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_CSV_ROWS_H_
