// Reads CSV files as spreadsheets and people write them.
#ifndef PORTREG_COMMON_IMPORT_FOREIGN_CSV_H_
#define PORTREG_COMMON_IMPORT_FOREIGN_CSV_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/import/table_header.h"
#include "common/import/table_sink.h"

namespace portreg {

// The form of a CSV text.
struct CsvLayout {
  char delimiter = ',';
  // The row of the header, counted from 0 without blank rows, and its line.
  size_t header_row = 0;
  uint32_t header_line = 1;
};

// Returns `text` with LF in place of CR, CR LF and CR CR LF. If the text has any LF, line
// ends within quoted fields stay as they are.
std::string NormalizeLineEnds(absl::string_view text, char delimiter);

// Finds the header: the first row of at most 20 that has columns for ports and for
// services or owners, with a comma, semicolon, tab or "|" as the delimiter. A first line
// "sep=;" names the delimiter. Returns nullopt if no row is a header.
std::optional<CsvLayout> FindCsvLayout(absl::string_view text,
                                       absl::Span<const ColumnChoice> choices);

// Reads the rows below the header. Skips the rulers and the last line of tables that psql
// and mysql print. Rows with more cells than the header are accepted if
// these are empty. Rows that are not CSV are left out, and reading goes on behind their
// first line, for at most 100 of them. Returns the error of ReadTableHeader.
absl::Status ReadForeignCsv(absl::string_view text, const CsvLayout& layout,
                            absl::Span<const ColumnChoice> choices, TableSink& sink);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_FOREIGN_CSV_H_
