#include "common/import/foreign_csv.h"

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/data/csv.h"

namespace portreg {
namespace {

constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};
// The rows in which a header is looked for, and the bytes that may hold them.
constexpr size_t kMaxTitleRows = 20;
constexpr size_t kMaxTitleBytes = size_t{256} << 10;
// The rows that may be broken before the rest is left out.
constexpr size_t kMaxBrokenRows = 100;

constexpr absl::string_view kSeparatorLine = "sep=";

std::vector<absl::string_view> CellsOf(const std::vector<CsvField>& row) {
  std::vector<absl::string_view> cells;
  cells.reserve(row.size());
  for (const CsvField& field : row) cells.push_back(field.text);
  return cells;
}

// Returns the delimiter that a line "sep=;" names.
std::optional<char> NamedDelimiter(absl::string_view text) {
  if (!absl::StartsWithIgnoreCase(text, kSeparatorLine) || text.size() <= kSeparatorLine.size()) {
    return std::nullopt;
  }
  const char delimiter = text[kSeparatorLine.size()];
  const absl::string_view rest = text.substr(kSeparatorLine.size() + 1);
  const bool ends = rest.empty() || rest[0] == '\n' || rest[0] == '\r';
  const bool known =
      std::find(kDelimiters.begin(), kDelimiters.end(), delimiter) != kDelimiters.end();
  return ends && known ? std::optional<char>(delimiter) : std::nullopt;
}

struct FoundHeader {
  CsvLayout layout;
  // The number of used columns; 0 if the header has a mistake.
  size_t used = 0;

  // Returns true if this header is more likely to be meant than the other one.
  [[nodiscard]] bool Precedes(const FoundHeader& other) const {
    if ((used == 0) != (other.used == 0)) return used != 0;
    if (layout.header_line != other.layout.header_line) {
      return layout.header_line < other.layout.header_line;
    }
    return used > other.used;
  }
};

// Returns the first header that the delimiter makes of the text. A row that would be a
// header but for a mistake is found if there is no other one, so that the mistake is
// reported.
std::optional<FoundHeader> FindHeader(absl::string_view text, char delimiter,
                                      absl::Span<const ColumnChoice> choices) {
  const std::string lines = NormalizeLineEnds(text.substr(0, kMaxTitleBytes), delimiter);
  std::deque<std::string> unescaped;
  CsvReader reader(lines, unescaped, delimiter);
  std::vector<CsvField> row;
  std::optional<FoundHeader> best;
  for (size_t i = 0; i < kMaxTitleRows; ++i) {
    const absl::StatusOr<bool> read = reader.Next(row);
    if (read.ok() && !*read) break;
    if (!read.ok()) {
      reader.SkipLine();
      continue;
    }
    if (row.size() < 2) continue;  // a header has ports and a service
    const absl::StatusOr<TableHeader> header = ReadTableHeader(CellsOf(row), choices);
    if (header.ok() && !header->IsOfPorts()) continue;
    const FoundHeader found = {
        .layout = {.delimiter = delimiter, .header_row = i, .header_line = reader.row_line()},
        .used = header.ok() ? header->UsedCount() : 0};
    if (!best || found.Precedes(*best)) best = found;
  }
  return best;
}

// Returns true for a row such as "------+-----", which psql writes below its header.
bool IsRuler(const std::vector<CsvField>& row, char delimiter) {
  return delimiter == '|' && std::all_of(row.begin(), row.end(), [](const CsvField& field) {
           return field.text.find_first_not_of("-+=: ") == absl::string_view::npos;
         });
}

// Returns true for the last line of a table of psql or mysql: "(1 row)", "3 rows in set".
bool IsRowCount(const std::vector<CsvField>& row, char delimiter) {
  if (delimiter != '|' || row.size() != 1) return false;
  absl::string_view text = absl::StripAsciiWhitespace(row[0].text);
  const bool is_psql = absl::ConsumePrefix(&text, "(") && absl::ConsumeSuffix(&text, ")");
  absl::string_view words =
      text.substr(std::min(text.find_first_not_of("0123456789"), text.size()));
  if (words.size() == text.size() || !absl::ConsumePrefix(&words, " ")) return false;
  // psql's word depends on the language.
  return is_psql || absl::StartsWith(words, "row in set") || absl::StartsWith(words, "rows in set");
}

// Brings a row to the size of the header, or returns why it cannot be used.
absl::Status FitRow(size_t size, std::vector<CsvField>& row) {
  if (row.size() < size) {
    return absl::InvalidArgumentError(absl::StrCat("the row has ", row.size(),
                                                   " cells, the header has ", size,
                                                   "; it seems cut off or unquoted"));
  }
  for (size_t i = size; i < row.size(); ++i) {
    if (absl::StripAsciiWhitespace(row[i].text).empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the row has ", row.size(), " cells, the header has ", size, "; a text may need quotes"));
  }
  row.resize(size);
  return absl::OkStatus();
}

bool IsBlankRow(const std::vector<CsvField>& row) {
  return std::all_of(row.begin(), row.end(), [](const CsvField& field) {
    return absl::StripAsciiWhitespace(field.text).empty();
  });
}

// Passes on the rows of one text.
class ForeignCsv {
 public:
  ForeignCsv(absl::string_view text, const CsvLayout& layout, TableSink& sink)
      : layout_(layout),
        names_delimiter_(NamedDelimiter(text).has_value()),
        lines_(NormalizeLineEnds(text, layout.delimiter)),
        reader_(lines_, unescaped_, layout.delimiter),
        sink_(sink) {}

  absl::Status Read(absl::Span<const ColumnChoice> choices) {
    SkipTitles();
    const absl::StatusOr<bool> read = reader_.Next(row_);
    if (!read.ok()) return read.status();
    const absl::StatusOr<TableHeader> header = ReadTableHeader(CellsOf(row_), choices);
    if (!header.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", reader_.row_line(), ": ", header.status().message()));
    }
    header_size_ = row_.size();
    sink_.BeginTable(reader_.row_line(), *header);
    while (ReadRow()) {
    }
    return absl::OkStatus();
  }

 private:
  void SkipTitles() {
    for (size_t i = 0; i < layout_.header_row; ++i) {
      if (!reader_.Next(row_).ok()) reader_.SkipLine();
      if (i == 0 && names_delimiter_) continue;
      sink_.Remark(reader_.row_line(),
                   absl::StrCat("skipped, the header is on line ", layout_.header_line));
    }
  }

  // Returns false at the end of the table.
  bool ReadRow() {
    const absl::StatusOr<bool> read = reader_.Next(row_);
    const uint32_t line = reader_.row_line();
    if (!read.ok()) {
      sink_.LeaveOut(line, read.status().message());
      reader_.SkipLine();
      if (++broken_rows_ < kMaxBrokenRows) return true;
      sink_.LeaveOut(line, "the rest is left out, too many rows are not CSV");
      return false;
    }
    if (!*read) return false;
    if (IsRuler(row_, layout_.delimiter) || IsRowCount(row_, layout_.delimiter) ||
        IsBlankRow(row_)) {
      return true;
    }
    if (absl::Status status = FitRow(header_size_, row_); !status.ok()) {
      sink_.LeaveOut(line, status.message());
      return true;
    }
    return sink_.AddRow(line, CellsOf(row_));
  }

  const CsvLayout layout_;
  const bool names_delimiter_;
  const std::string lines_;
  std::deque<std::string> unescaped_;
  CsvReader reader_;
  TableSink& sink_;
  std::vector<CsvField> row_;
  size_t header_size_ = 0;
  size_t broken_rows_ = 0;
};

}  // namespace

std::string NormalizeLineEnds(absl::string_view text, char delimiter) {
  if (!absl::StrContains(text, '\r')) return std::string(text);
  const bool has_line_feeds = absl::StrContains(text, '\n');
  std::string lines;
  lines.reserve(text.size());
  bool quoted = false;
  // True also behind a closing quote, because a second quote there continues the field.
  bool may_quote = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '\r' || (quoted && has_line_feeds)) {
      const bool turns = c == '"' && (quoted || may_quote);
      quoted = quoted != turns;
      may_quote = turns ? !quoted : c == delimiter || c == '\n';
      lines.push_back(c);
      continue;
    }
    const size_t end = std::min(text.find_first_not_of('\r', i), text.size());
    const bool is_one_end = end < text.size() && text[end] == '\n';
    lines.append(is_one_end ? 1 : end - i, '\n');
    i = is_one_end ? end : end - 1;
    may_quote = true;
  }
  return lines;
}

std::optional<CsvLayout> FindCsvLayout(absl::string_view text,
                                       absl::Span<const ColumnChoice> choices) {
  const std::optional<char> named = NamedDelimiter(text);
  std::optional<FoundHeader> best;
  for (const char delimiter : kDelimiters) {
    if (named && delimiter != *named) continue;
    const std::optional<FoundHeader> found = FindHeader(text, delimiter, choices);
    if (found && (!best || found->Precedes(*best))) best = found;
  }
  return best ? std::optional<CsvLayout>(best->layout) : std::nullopt;
}

absl::Status ReadForeignCsv(absl::string_view text, const CsvLayout& layout,
                            absl::Span<const ColumnChoice> choices, TableSink& sink) {
  return ForeignCsv(text, layout, sink).Read(choices);
}

}  // namespace portreg
