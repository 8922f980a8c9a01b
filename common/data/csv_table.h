// Reads CSV files whose first row names their columns.
#ifndef PORTREG_COMMON_DATA_CSV_TABLE_H_
#define PORTREG_COMMON_DATA_CSV_TABLE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/data/csv.h"

namespace portreg {

// A header and the rows below it. Errors are INVALID_ARGUMENT with line and column.
// Not thread-safe.
//
//   absl::StatusOr<CsvTable> table = CsvTable::Open(text, unescaped);
//   const absl::StatusOr<size_t> port = table->Require("Port Number");
//   std::vector<CsvField> row;
//   while ((read = table->Next(row)).ok() && *read) Use(row[*port].text);
class CsvTable {
 public:
  // Reads the header. A byte order mark is passed over. An error for a text that is
  // empty, is not UTF-8, has NUL bytes or is not CSV. The text and `unescaped` must
  // outlive the table and its rows.
  static absl::StatusOr<CsvTable> Open(absl::string_view text, std::deque<std::string>& unescaped);

  // The place of a column, ignoring case; nothing if there is none. An error if the
  // header has it twice.
  [[nodiscard]] absl::StatusOr<std::optional<size_t>> Find(absl::string_view column) const;

  // The same, with an error if there is none.
  [[nodiscard]] absl::StatusOr<size_t> Require(absl::string_view column) const;

  [[nodiscard]] const std::vector<CsvField>& header() const { return header_; }

  // Reads the next row, which has as many fields as the header. Returns false at the
  // end. An error for a row of another length.
  absl::StatusOr<bool> Next(std::vector<CsvField>& row);

 private:
  explicit CsvTable(CsvReader reader) : reader_(reader) {}

  CsvReader reader_;
  std::vector<CsvField> header_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_CSV_TABLE_H_
