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

// Reads a header and the rows below it. Errors are INVALID_ARGUMENT; each has line and
// column, except the error for an empty text. Not thread-safe.
//
//   absl::StatusOr<CsvTable> table = CsvTable::Open(text, unescaped);
//   const absl::StatusOr<size_t> port = table->Require("Port Number");
//   std::vector<CsvField> row;
//   while ((read = table->Next(row)).ok() && *read) Use(row[*port].text);
class CsvTable {
 public:
  // Reads the header. Skips a byte order mark. Returns an error if the text is empty,
  // is not UTF-8, contains NUL bytes or is not CSV. The text and `unescaped` must
  // outlive the table and its rows.
  static absl::StatusOr<CsvTable> Open(absl::string_view text, std::deque<std::string>& unescaped);

  // Returns the index of a column, ignoring case; nullopt if the header lacks it.
  // Returns an error if the header contains the column twice.
  [[nodiscard]] absl::StatusOr<std::optional<size_t>> Find(absl::string_view column) const;

  // Like Find, but returns an error if the header lacks the column.
  [[nodiscard]] absl::StatusOr<size_t> Require(absl::string_view column) const;

  [[nodiscard]] const std::vector<CsvField>& header() const { return header_; }

  // Reads the next row. Returns false at the end of the text. Returns an error if the row
  // has more or fewer fields than the header.
  absl::StatusOr<bool> Next(std::vector<CsvField>& row);

  // Continues at the line after the first line of the row that Next() read last. For a
  // caller that leaves out a row after an error.
  void SkipLine() { reader_.SkipLine(); }

 private:
  explicit CsvTable(CsvReader reader) : reader_(reader) {}

  CsvReader reader_;
  std::vector<CsvField> header_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_CSV_TABLE_H_
