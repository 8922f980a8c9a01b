#include "client/cli/flow_logs/csv_rows.h"

#include <algorithm>

namespace portreg::cli {
namespace {

constexpr size_t kNotFound = absl::string_view::npos;

// Returns the place after the closing quote of the field that begins at `begin`, or
// kNotFound if there is none.
size_t AfterQuoted(absl::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (true) {
    at = text.find('"', at);
    if (at == kNotFound) return kNotFound;
    if (at + 1 == text.size() || text[at + 1] != '"') return at + 1;
    at += 2;
  }
}

size_t FieldEnd(absl::string_view text, size_t begin, char separator) {
  for (size_t at = begin; at < text.size(); ++at) {
    if (text[at] == separator || text[at] == '\n') return at;
  }
  return text.size();
}

// Returns the row that ends at the first line end.
CsvRow FirstLine(absl::string_view text, bool is_end, bool is_valid) {
  const size_t line_end = text.find('\n');
  CsvRow row;
  row.is_valid = is_valid;
  if (line_end == kNotFound && !is_end) return row;
  row.size = line_end == kNotFound ? text.size() : line_end + 1;
  row.content = line_end == kNotFound ? text.size() : line_end;
  if (row.content > 0 && text[row.content - 1] == '\r') --row.content;
  return row;
}

// Returns the row whose line end is at `at`, or that ends with the text at `at`.
CsvRow RowUntil(absl::string_view text, size_t at) {
  CsvRow row = {.size = std::min(at + 1, text.size()), .content = at, .is_valid = true};
  if (at > 0 && text[at - 1] == '\r') --row.content;
  return row;
}

}  // namespace

CsvRow FirstCsvRow(absl::string_view text, char separator, bool is_end,
                   std::vector<absl::string_view>* fields) {
  const absl::string_view limited = text.substr(0, kMaxMultilineRow);
  const bool may_go_on = !is_end && limited.size() == text.size();
  size_t at = 0;
  while (true) {
    const size_t begin = at;
    size_t content_end = at;
    if (at < text.size() && text[at] == '"') {
      at = AfterQuoted(limited, at);
      // A quote at the end of the text may be the first of two quotes, which stand for one.
      if (may_go_on && (at == kNotFound || at == text.size())) return {};
      if (at == kNotFound) return FirstLine(text, is_end, false);
      content_end = at;
      if (at < text.size() && text[at] == '\r') ++at;
      if (at == text.size() && may_go_on) return {};
      const bool is_over = at == text.size() || text[at] == '\n';
      if (!is_over && (text[at] != separator || at != content_end)) {
        return FirstLine(text, is_end, false);
      }
    } else {
      at = content_end = FieldEnd(text, at, separator);
      if (at == text.size() && !is_end) return {};
      if ((at == text.size() || text[at] == '\n') && at > begin && text[at - 1] == '\r') {
        --content_end;
      }
    }
    if (fields != nullptr) fields->push_back(text.substr(begin, content_end - begin));
    if (at == text.size() || text[at] == '\n') return RowUntil(text, at);
    ++at;
  }
}

size_t WholeCsvRows(absl::string_view text, char separator) {
  // Without quotes each line is a row.
  if (text.find('"') == kNotFound) return text.rfind('\n') + 1;
  size_t size = 0;
  while (size < text.size()) {
    const CsvRow row = FirstCsvRow(text.substr(size), separator, false, nullptr);
    if (row.size == 0) break;
    size += row.size;
  }
  return size;
}

}  // namespace portreg::cli
