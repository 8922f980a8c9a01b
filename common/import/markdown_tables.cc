#include "common/import/markdown_tables.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/data/csv.h"

namespace portreg {
namespace {

// Splits a text into lines at LF, CR and CR LF.
class Lines {
 public:
  explicit Lines(absl::string_view text) : text_(text) {}

  // Returns false at the end of the text.
  bool Next(absl::string_view& line) {
    if (at_ >= text_.size()) return false;
    const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    line = text_.substr(at_, end - at_);
    const size_t run = std::min(text_.find_first_not_of('\r', end), text_.size());
    const bool is_one_end = run < text_.size() && text_[run] == '\n';
    at_ = is_one_end ? run + 1 : end + 1;
    ++number_;
    return true;
  }

  [[nodiscard]] uint32_t number() const { return number_; }

 private:
  const absl::string_view text_;
  size_t at_ = 0;
  uint32_t number_ = 0;
};

// Splits a row at each "|" that no backslash precedes.
std::vector<absl::string_view> SplitRow(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  absl::ConsumePrefix(&line, "|");
  std::vector<absl::string_view> cells;
  size_t begin = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '|') {
      cells.push_back(absl::StripAsciiWhitespace(line.substr(begin, i - begin)));
      begin = i + 1;
      if (cells.size() > CsvReader::kMaxFields) return cells;
    }
  }
  if (begin < line.size()) cells.push_back(absl::StripAsciiWhitespace(line.substr(begin)));
  return cells;
}

// Returns true for the line below a header: |---|:-:|.
bool IsRulerLine(absl::string_view line) {
  if (!absl::StrContains(line, '|') ||
      line.find_first_not_of("|-: \t") != absl::string_view::npos) {
    return false;
  }
  const std::vector<absl::string_view> cells = SplitRow(line);
  return !cells.empty() && std::all_of(cells.begin(), cells.end(), [](absl::string_view cell) {
    absl::ConsumePrefix(&cell, ":");
    absl::ConsumeSuffix(&cell, ":");
    return !cell.empty() && cell.find_first_not_of('-') == absl::string_view::npos;
  });
}

// Finds the lines of tables, and distinguishes headers from rows.
class TableLines {
 public:
  enum class Kind : uint8_t { kEnd, kText, kHeader, kRow };

  explicit TableLines(absl::string_view text) : lines_(text) { has_next_ = lines_.Next(next_); }

  Kind Next(std::vector<absl::string_view>& cells, uint32_t& number) {
    if (!has_next_) return Kind::kEnd;
    const absl::string_view line = next_;
    number = lines_.number();
    has_next_ = lines_.Next(next_);
    const absl::string_view bare = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(bare, "```") || absl::StartsWith(bare, "~~~")) {
      in_code_ = !in_code_;
      in_table_ = false;
    }
    const bool has_cells = !in_code_ && absl::StrContains(bare, '|');
    in_table_ = in_table_ && has_cells;
    if (!has_cells) return Kind::kText;
    cells = SplitRow(line);
    if (in_table_) return Kind::kRow;
    if (!has_next_ || !IsRulerLine(next_) || SplitRow(next_).size() != cells.size()) {
      return Kind::kText;
    }
    in_table_ = true;
    has_next_ = lines_.Next(next_);  // the line below the header
    return Kind::kHeader;
  }

 private:
  Lines lines_;
  absl::string_view next_;
  bool has_next_ = false;
  bool in_code_ = false;
  bool in_table_ = false;
};

// Removes the marks of one cell.
class Inline {
 public:
  explicit Inline(absl::string_view cell) : cell_(cell) {}

  std::string Text() {
    while (at_ < cell_.size()) TakeOne();
    return std::move(text_);
  }

 private:
  [[nodiscard]] absl::string_view Rest() const { return cell_.substr(at_); }

  void TakeOne() {
    const char c = cell_[at_];
    const bool escapes = c == '\\' && at_ + 1 < cell_.size() &&
                         absl::ascii_ispunct(static_cast<unsigned char>(cell_[at_ + 1]));
    if (escapes) {
      text_.push_back(cell_[at_ + 1]);
      at_ += 2;
      return;
    }
    const bool taken = (c == '`' && TakeCode()) || ((c == '*' || c == '_') && TakeEmphasis()) ||
                       (c == '[' && TakeLink()) || (c == '<' && TakeBreak()) ||
                       (c == '&' && TakeEntity());
    if (taken) return;
    text_.push_back(c);
    ++at_;
  }

  // Returns the length of the run of equal characters at `at`.
  [[nodiscard]] size_t RunAt(size_t at) const {
    const size_t end = cell_.find_first_not_of(cell_[at], at);
    return std::min(end, cell_.size()) - at;
  }

  // Returns the offset of the next run of `length` characters `c` at or behind `from`.
  std::optional<size_t> FindRun(char c, size_t length, size_t from) {
    const std::pair<char, size_t> wanted(c, length);
    if (std::find(absent_.begin(), absent_.end(), wanted) != absent_.end()) return std::nullopt;
    for (size_t at = cell_.find(c, from); at < cell_.size(); at = cell_.find(c, at)) {
      const size_t run = RunAt(at);
      if (run == length) return at;
      at += run;
    }
    absent_.push_back(wanted);
    return std::nullopt;
  }

  bool TakeCode() {
    const size_t run = RunAt(at_);
    const std::optional<size_t> end = FindRun('`', run, at_ + run);
    if (!end) return false;
    const absl::string_view code = cell_.substr(at_ + run, *end - at_ - run);
    for (size_t i = 0; i < code.size(); ++i) {
      // In a table, "\|" is "|" also within code.
      if (code[i] == '\\' && i + 1 < code.size() && code[i + 1] == '|') continue;
      text_.push_back(code[i]);
    }
    at_ = *end + run;
    return true;
  }

  // Drops a run of marks that opens emphasis, or closes one that is open.
  bool TakeEmphasis() {
    const char mark = cell_[at_];
    const size_t run = RunAt(at_);
    if (!open_.empty() && open_.back() == std::pair(mark, run) && (mark == '*' || EndsWord(run))) {
      open_.pop_back();
      at_ += run;
      return true;
    }
    const bool begins = at_ + run < cell_.size() && cell_[at_ + run] != ' ' &&
                        (mark == '*' || at_ == 0 || !IsWord(cell_[at_ - 1]));
    if (begins && open_.size() < kMaxDepth && FindRun(mark, run, at_ + run)) {
      open_.emplace_back(mark, run);
      at_ += run;
      return true;
    }
    text_.append(run, mark);
    at_ += run;
    return true;
  }

  [[nodiscard]] bool EndsWord(size_t run) const {
    return at_ + run == cell_.size() || !IsWord(cell_[at_ + run]);
  }

  static bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

  // Keeps only the text of [text](address).
  bool TakeLink() {
    const size_t middle = links_are_over_ ? absl::string_view::npos : cell_.find("](", at_);
    const size_t end = cell_.find(')', middle);
    links_are_over_ = middle == absl::string_view::npos || end == absl::string_view::npos;
    if (links_are_over_) return false;
    text_ += Inline(cell_.substr(at_ + 1, middle - at_ - 1)).PlainText();
    at_ = end + 1;
    return true;
  }

  // Returns the text of a link, in which further links are not looked for.
  std::string PlainText() {
    while (at_ < cell_.size()) {
      if (cell_[at_] == '[') {
        text_.push_back(cell_[at_++]);
      } else {
        TakeOne();
      }
    }
    return std::move(text_);
  }

  bool TakeBreak() {
    for (const absl::string_view tag : {"<br>", "<br/>", "<br />"}) {
      if (!absl::StartsWithIgnoreCase(Rest(), tag)) continue;
      text_ += ", ";
      at_ += tag.size();
      return true;
    }
    return false;
  }

  bool TakeEntity() {
    constexpr std::array<std::pair<absl::string_view, char>, 8> kEntities = {{{"&nbsp;", ' '},
                                                                              {"&amp;", '&'},
                                                                              {"&lt;", '<'},
                                                                              {"&gt;", '>'},
                                                                              {"&quot;", '"'},
                                                                              {"&#124;", '|'},
                                                                              {"&vert;", '|'},
                                                                              {"&#39;", '\''}}};
    for (const auto& [entity, character] : kEntities) {
      if (!absl::StartsWith(Rest(), entity)) continue;
      text_.push_back(character);
      at_ += entity.size();
      return true;
    }
    return false;
  }

  static constexpr size_t kMaxDepth = 4;

  const absl::string_view cell_;
  size_t at_ = 0;
  std::string text_;
  // The marks that are open, with the lengths of their runs.
  std::vector<std::pair<char, size_t>> open_;
  // Marks that do not occur any more. A further search for them would take long in a cell
  // of many marks.
  std::vector<std::pair<char, size_t>> absent_;
  bool links_are_over_ = false;
};

absl::Status CheckSizes(const std::vector<absl::string_view>& cells) {
  if (cells.size() > CsvReader::kMaxFields) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", CsvReader::kMaxFields, " cells in a row"));
  }
  for (const absl::string_view cell : cells) {
    if (cell.size() <= CsvReader::kMaxFieldBytes) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("a cell is longer than ", CsvReader::kMaxFieldBytes, " bytes"));
  }
  return absl::OkStatus();
}

std::vector<std::string> TextsOf(const std::vector<absl::string_view>& cells) {
  std::vector<std::string> texts;
  texts.reserve(cells.size());
  for (const absl::string_view cell : cells) texts.push_back(MarkdownText(cell));
  return texts;
}

// Passes on the rows of the tables of one text.
class MarkdownReader {
 public:
  MarkdownReader(absl::Span<const ColumnChoice> choices, TableSink& sink)
      : choices_(choices), sink_(sink) {}

  absl::Status Read(absl::string_view text) {
    TableLines lines(text);
    std::vector<absl::string_view> cells;
    uint32_t number = 0;
    while (true) {
      const TableLines::Kind kind = lines.Next(cells, number);
      if (kind == TableLines::Kind::kEnd) return absl::OkStatus();
      if (kind == TableLines::Kind::kHeader) {
        if (absl::Status status = ReadHeader(number, cells); !status.ok()) return status;
      } else if (kind == TableLines::Kind::kRow && columns_ > 0) {
        if (!ReadRow(number, cells)) return absl::OkStatus();
      }
    }
  }

 private:
  absl::Status ReadHeader(uint32_t number, const std::vector<absl::string_view>& cells) {
    columns_ = 0;
    if (absl::Status status = CheckSizes(cells); !status.ok()) {
      sink_.LeaveOut(number, status.message());
      return absl::OkStatus();
    }
    const std::vector<std::string> texts = TextsOf(cells);
    const absl::StatusOr<TableHeader> header =
        ReadTableHeader(std::vector<absl::string_view>(texts.begin(), texts.end()), choices_);
    if (!header.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": ", header.status().message()));
    }
    if (header->IsOfPorts()) {
      columns_ = texts.size();
      sink_.BeginTable(number, *header);
    } else {
      sink_.Remark(number, "a table without columns for ports and services is skipped");
    }
    return absl::OkStatus();
  }

  // Returns false if no more rows are accepted.
  bool ReadRow(uint32_t number, const std::vector<absl::string_view>& cells) {
    if (absl::Status status = CheckSizes(cells); !status.ok()) {
      sink_.LeaveOut(number, status.message());
      return true;
    }
    std::vector<std::string> texts = TextsOf(cells);
    for (size_t i = columns_; i < texts.size(); ++i) {
      if (texts[i].empty()) continue;
      sink_.LeaveOut(number, absl::StrCat("the row has ", texts.size(), " cells, the header has ",
                                          columns_, "; write \"\\|\" within a cell"));
      return true;
    }
    texts.resize(columns_);
    return sink_.AddRow(number, std::vector<absl::string_view>(texts.begin(), texts.end()));
  }

  const absl::Span<const ColumnChoice> choices_;
  TableSink& sink_;
  // The columns of the table; 0 if it is not of ports.
  size_t columns_ = 0;
};

}  // namespace

bool HasMarkdownTable(absl::string_view text) {
  TableLines lines(text);
  std::vector<absl::string_view> cells;
  uint32_t number = 0;
  while (true) {
    const TableLines::Kind kind = lines.Next(cells, number);
    if (kind == TableLines::Kind::kEnd) return false;
    if (kind == TableLines::Kind::kHeader) return true;
  }
}

absl::Status ReadMarkdownTables(absl::string_view text, absl::Span<const ColumnChoice> choices,
                                TableSink& sink) {
  return MarkdownReader(choices, sink).Read(text);
}

std::string MarkdownText(absl::string_view cell) {
  return Inline(absl::StripAsciiWhitespace(cell)).Text();
}

}  // namespace portreg
