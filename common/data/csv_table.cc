#include "common/data/csv_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"
#include "common/text/text_position.h"
#include "common/text/utf8.h"
#include "common/text/zip_archive.h"

namespace portreg {
namespace {

TextPosition PositionOf(absl::string_view text, size_t at) {
  const absl::string_view before = text.substr(0, at);
  const auto line = static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  const size_t line_start =
      before.rfind('\n') == absl::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {line, static_cast<uint32_t>(at - line_start + 1)};
}

absl::Status CheckIsText(absl::string_view text) {
  if (absl::StripAsciiWhitespace(text).empty()) return absl::InvalidArgumentError("file is empty");
  if (IsZipArchive(text)) return absl::InvalidArgumentError(kZipArchiveError);
  if (absl::StartsWith(text, "\xFF\xFE") || absl::StartsWith(text, "\xFE\xFF")) {
    return ErrorAt({}, "this is UTF-16, save the file as UTF-8");
  }
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    return ErrorAt(PositionOf(text, nul), "a NUL byte, this is not a text file");
  }
  if (const size_t bad = FindInvalidUtf8(text); bad != text.size()) {
    return ErrorAt(
        PositionOf(text, bad),
        absl::StrCat(
            "byte 0x", absl::Hex(static_cast<unsigned char>(text[bad]), absl::kZeroPad2),
            " is not valid UTF-8; if the file is in Windows-1252 or another encoding, save "
            "it as UTF-8"));
  }
  return absl::OkStatus();
}

// Returns advice for a header that lacks a column, if a spreadsheet seems to have written it.
// `first` is the header's first field.
absl::string_view HintFor(absl::string_view first) {
  if (absl::StartsWithIgnoreCase(first, "sep=")) return "; remove the line \"sep=\"";
  if (absl::StrContains(first, ';')) return "; its separator is \";\", save it with commas";
  if (absl::StrContains(first, '\t')) return "; its separator is a tab, save it with commas";
  return "";
}

}  // namespace

absl::StatusOr<CsvTable> CsvTable::Open(absl::string_view text,
                                        std::deque<std::string>& unescaped) {
  absl::ConsumePrefix(&text, kUtf8ByteOrderMark);
  if (absl::Status status = CheckIsText(text); !status.ok()) return status;
  CsvTable table(CsvReader(text, unescaped));
  const absl::StatusOr<bool> read = table.reader_.Next(table.header_);
  if (!read.ok()) return read.status();
  return table;
}

absl::StatusOr<std::optional<size_t>> CsvTable::Find(absl::string_view column) const {
  std::optional<size_t> place;
  for (size_t i = 0; i < header_.size(); ++i) {
    const absl::string_view title = absl::StripAsciiWhitespace(header_[i].text);
    if (!absl::EqualsIgnoreCase(title, column)) continue;
    if (place) {
      return ErrorAt(header_[i].position, absl::StrCat("column ", Quoted(title), " occurs twice"));
    }
    place = i;
  }
  return place;
}

absl::StatusOr<size_t> CsvTable::Require(absl::string_view column) const {
  const absl::StatusOr<std::optional<size_t>> place = Find(column);
  if (!place.ok()) return place.status();
  if (*place) return **place;
  return ErrorAt(header_.front().position,
                 absl::StrCat("not a port registry in IANA's format: the header has no column \"",
                              column, "\", it begins with ", Quoted(header_.front().text),
                              HintFor(header_.front().text)));
}

absl::StatusOr<bool> CsvTable::Next(std::vector<CsvField>& row) {
  absl::StatusOr<bool> read = reader_.Next(row);
  if (!read.ok() || !*read || row.size() == header_.size()) return read;
  const auto is_empty = [](const CsvField& field) {
    return absl::StripAsciiWhitespace(field.text).empty();
  };
  const bool has_trailing_commas =
      row.size() > header_.size() &&
      std::all_of(row.begin() + static_cast<ptrdiff_t>(header_.size()), row.end(), is_empty);
  return ErrorAt(row.front().position,
                 absl::StrCat("row has ", row.size(), " fields, the header has ", header_.size(),
                              has_trailing_commas ? "; remove the commas at its end"
                                                  : "; it seems cut off or unquoted"));
}

}  // namespace portreg
