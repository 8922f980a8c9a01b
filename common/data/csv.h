// Reads and writes comma-separated values: RFC 4180, with LF as well as CRLF row ends.
// Other delimiters than the comma can be read.
#ifndef PORTREG_COMMON_DATA_CSV_H_
#define PORTREG_COMMON_DATA_CSV_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/text/text_position.h"

namespace portreg {

// Returns `text` as a CSV field. Puts it in quotes if it holds a comma, a quote or a line end.
std::string ToCsvField(absl::string_view text);

struct CsvField {
  // Without the enclosing quotes. Valid as long as the reader's text and unescaped texts exist.
  absl::string_view text;
  TextPosition position;
};

// Reads the rows of a text, one at a time. Fields are views into the text. A quoted
// field that contains quotes is unescaped; its view points into the caller's deque.
// A quote is an ordinary character in a field that does not begin with a quote, as
// in Python's csv module.
//
//   CsvReader reader(text, unescaped);
//   std::vector<CsvField> row;
//   while (true) {
//     absl::StatusOr<bool> read = reader.Next(row);
//     if (!read.ok()) return read.status();
//     if (!*read) break;
//     ...
//   }
//
// Not thread-safe.
class CsvReader {
 public:
  // The longest field that is accepted, in bytes; IANA's longest has 1,532. The limit
  // keeps a missing closing quote from turning the rest of a file into one field.
  static constexpr size_t kMaxFieldBytes = 16384;
  // The most fields that are accepted in one row; IANA's rows have 12.
  static constexpr size_t kMaxFields = 64;

  // `text` and `unescaped` must outlive the reader and all rows. `delimiter` ends a field;
  // it must not be a quote, CR or LF.
  CsvReader(absl::string_view text, std::deque<std::string>& unescaped, char delimiter = ',')
      : text_(text),
        unescaped_(unescaped),
        last_line_end_(text.rfind('\n') + 1),
        delimiter_(delimiter) {}

  // Replaces the contents of `row` with the next row. Returns false at the end of
  // the text. Skips blank lines. Returns INVALID_ARGUMENT, with line and column, if
  // the text is not valid CSV: a quoted field without a closing quote, text after a
  // closing quote, a carriage return in an unquoted field, or a field or row that
  // exceeds the limits above.
  absl::StatusOr<bool> Next(std::vector<CsvField>& row);

  // Continues at the line that follows the first line of the row that Next() read last.
  // For a caller that leaves out a row after an error.
  void SkipLine();

  // The line on which the row that Next() read last begins.
  [[nodiscard]] uint32_t row_line() const { return row_line_; }

 private:
  void SkipBlankLines();
  // The fast path: reads unquoted fields that end with a comma or a line feed. Returns
  // true if it reached the end of the row; the line feed is not consumed.
  bool TakePlainFields(std::vector<CsvField>& row);
  absl::StatusOr<CsvField> ReadField();
  absl::Status ReadQuoted(CsvField& field);
  absl::Status ReadPlain(CsvField& field);
  [[nodiscard]] bool AtRowEnd() const;
  void ConsumeRowEnd();
  [[nodiscard]] TextPosition Position(size_t at) const {
    return {line_, static_cast<uint32_t>(at - line_start_ + 1)};
  }

  const absl::string_view text_;
  std::deque<std::string>& unescaped_;
  // The offset after the last line feed; 0 if there is none. A search for a line feed
  // that begins before this offset always finds one.
  const size_t last_line_end_;
  const char delimiter_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
  // The beginning of the row that Next() read last.
  size_t row_begin_ = 0;
  uint32_t row_line_ = 1;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_CSV_H_
