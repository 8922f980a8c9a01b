#include "common/data/csv.h"

#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace portreg {
namespace {

// True for each byte that can end a field or begin a quoted one.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> special{};
  for (const unsigned char byte : {',', '"', '\n', '\r'}) special[byte] = true;
  return special;
}();

bool IsSpecial(char byte) { return kSpecial[static_cast<unsigned char>(byte)]; }

}  // namespace

std::string ToCsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

absl::StatusOr<bool> CsvReader::Next(std::vector<CsvField>& row) {
  row.clear();
  SkipBlankLines();
  row_begin_ = at_;
  row_line_ = line_;
  if (at_ == text_.size()) return false;
  while (true) {
    if (TakePlainFields(row)) {
      ConsumeRowEnd();
      return true;
    }
    absl::StatusOr<CsvField> field = ReadField();
    if (!field.ok()) return field.status();
    row.push_back(*field);
    if (row.size() > kMaxFields) {
      return ErrorAt(field->position, absl::StrCat("more than ", kMaxFields, " fields in a row"));
    }
    if (at_ == text_.size()) return true;
    if (AtRowEnd()) {
      ConsumeRowEnd();
      return true;
    }
    ++at_;  // the delimiter
  }
}

void CsvReader::SkipLine() {
  const size_t end = text_.find('\n', row_begin_);
  at_ = end == absl::string_view::npos ? text_.size() : end + 1;
  line_ = row_line_ + 1;
  line_start_ = at_;
}

bool CsvReader::TakePlainFields(std::vector<CsvField>& row) {
  // kSpecial has the comma alone, because the tables that must be read fast use it.
  if (at_ >= last_line_end_ || delimiter_ != ',') return false;
  const char* at = text_.data() + at_;
  bool at_row_end = false;
  while (!at_row_end && row.size() < kMaxFields) {
    const char* stop = at;
    while (!IsSpecial(*stop)) ++stop;  // stops at the text's last line feed at the latest
    const auto size = static_cast<size_t>(stop - at);
    if ((*stop != ',' && *stop != '\n') || size > kMaxFieldBytes) break;
    const auto begin = static_cast<size_t>(at - text_.data());
    row.push_back({.text = {at, size}, .position = Position(begin)});
    at_row_end = *stop == '\n';
    at = at_row_end ? stop : stop + 1;
  }
  at_ = static_cast<size_t>(at - text_.data());
  return at_row_end;
}

void CsvReader::SkipBlankLines() {
  while (at_ < text_.size() && AtRowEnd()) ConsumeRowEnd();
}

bool CsvReader::AtRowEnd() const {
  return text_[at_] == '\n' ||
         (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void CsvReader::ConsumeRowEnd() {
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
  line_start_ = at_;
}

absl::StatusOr<CsvField> CsvReader::ReadField() {
  CsvField field{.text = {}, .position = Position(at_)};
  const bool quoted = at_ < text_.size() && text_[at_] == '"';
  absl::Status status = quoted ? ReadQuoted(field) : ReadPlain(field);
  if (!status.ok()) return status;
  return field;
}

absl::Status CsvReader::ReadPlain(CsvField& field) {
  size_t end = at_;
  while (end < text_.size() && text_[end] != delimiter_ && text_[end] != '\n' &&
         text_[end] != '\r') {
    ++end;
  }
  field.text = text_.substr(at_, end - at_);
  at_ = end;
  if (field.text.size() > kMaxFieldBytes) {
    return ErrorAt(field.position, absl::StrCat("field is longer than ", kMaxFieldBytes, " bytes"));
  }
  if (end < text_.size() && text_[end] == '\r' && !AtRowEnd()) {
    return ErrorAt(Position(end), "carriage return without a line feed");
  }
  return absl::OkStatus();
}

absl::Status CsvReader::ReadQuoted(CsvField& field) {
  const size_t begin = at_ + 1;
  const absl::string_view window = text_.substr(begin, kMaxFieldBytes + 1);
  bool escaped = false;
  std::optional<size_t> end;
  for (size_t i = 0; i < window.size() && !end; ++i) {
    if (window[i] == '\n') {
      ++line_;
      line_start_ = begin + i + 1;
    } else if (window[i] == '"') {
      // Two quotes mean one quote character; a single quote ends the field. The second
      // quote may lie beyond the window, but not beyond the text.
      if (begin + i + 1 < text_.size() && text_[begin + i + 1] == '"') {
        escaped = true;
        ++i;
      } else {
        end = i;
      }
    }
  }
  if (!end) {
    const bool cut = begin + window.size() == text_.size();
    return ErrorAt(field.position,
                   cut ? std::string("the text ends within this quoted field, it seems cut off")
                       : absl::StrCat("quoted field is longer than ", kMaxFieldBytes,
                                      " bytes, its closing quote seems to be missing"));
  }
  field.text = window.substr(0, *end);
  if (escaped)
    field.text = unescaped_.emplace_back(absl::StrReplaceAll(field.text, {{R"("")", R"(")"}}));
  at_ = begin + *end + 1;
  if (at_ < text_.size() && text_[at_] != delimiter_ && !AtRowEnd()) {
    return ErrorAt(Position(at_), "text after the closing quote of a field");
  }
  return absl::OkStatus();
}

}  // namespace portreg
