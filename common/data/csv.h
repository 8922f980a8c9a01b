// Reads and writes comma-separated values: RFC 4180, with LF as well as CRLF row ends.
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

// `text` as a field, quoted if it must be.
std::string ToCsvField(absl::string_view text);

struct CsvField {
  // Without its quotes. Lives as long as the text and the unescaped texts.
  absl::string_view text;
  TextPosition position;
};

// Yields the rows of a text one after the other. Fields are views into the text;
// a quoted field that holds quotes is unescaped into a store of the caller's.
// Quotes within a field that does not begin with one stand for themselves, as
// Python's csv has it.
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
// Not for use by several threads at once.
class CsvReader {
 public:
  // The longest field taken, in bytes; IANA's longest has 1,532. A forgotten
  // quote would otherwise swallow the rest of a file.
  static constexpr size_t kMaxFieldBytes = 16384;
  // The most fields taken in one row; IANA's has 12.
  static constexpr size_t kMaxFields = 64;

  // Both must outlive the reader and all rows.
  CsvReader(absl::string_view text, std::deque<std::string>& unescaped)
      : text_(text), unescaped_(unescaped), last_line_end_(text.rfind('\n') + 1) {}

  // Puts the next row into `row`, in place of what it holds. False at the end
  // of the text. Blank lines are passed over. INVALID_ARGUMENT, with line and
  // column, where the text is not CSV: a quoted field without its closing
  // quote, text after one, a carriage return within a field, a field or row
  // beyond the bounds.
  absl::StatusOr<bool> Next(std::vector<CsvField>& row);

 private:
  void SkipBlankLines();
  // Takes the plain fields that a comma or a line feed ends: nearly all there
  // are. True if it came to the end of the row, which is left to be consumed.
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
  // Before it, a line feed ends every search; 0 if there is none.
  const size_t last_line_end_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_CSV_H_
