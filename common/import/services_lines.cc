#include "common/import/services_lines.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/import/table_header.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// The characters that isspace(3) calls blank in the C locale.
constexpr absl::string_view kBlanks = " \t\r\v\f";

struct Entry {
  absl::string_view name;
  absl::string_view port;
  absl::string_view protocol;
  std::vector<absl::string_view> aliases;
  absl::string_view comment;
};

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return absl::ascii_isdigit(c); });
}

absl::string_view WithoutComment(absl::string_view line) { return line.substr(0, line.find('#')); }

// Returns nullopt if the line has not the form of an entry.
std::optional<Entry> ReadEntry(absl::string_view line) {
  const absl::string_view content = WithoutComment(line);
  const std::vector<absl::string_view> words =
      absl::StrSplit(content, absl::ByAnyChar(kBlanks), absl::SkipEmpty());
  if (words.size() < 2) return std::nullopt;
  const size_t slash = words[1].find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  Entry entry{.name = words[0],
              .port = words[1].substr(0, slash),
              .protocol = words[1].substr(slash + 1),
              .aliases = {words.begin() + 2, words.end()},
              .comment = {}};
  if (!IsNumber(entry.port) || entry.protocol.empty()) return std::nullopt;
  if (content.size() < line.size()) {
    entry.comment = absl::StripAsciiWhitespace(line.substr(content.size() + 1));
  }
  return entry;
}

bool IsBlankOrComment(absl::string_view line) {
  return WithoutComment(line).find_first_not_of(kBlanks) == absl::string_view::npos;
}

}  // namespace

bool IsServicesFile(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    if (!IsBlankOrComment(line)) return ReadEntry(line).has_value();
  }
  return false;
}

void ReadServicesLines(absl::string_view text, TableSink& sink) {
  constexpr std::array<absl::string_view, 5> kTitles = {
      "Service Name", "Port Number", "Transport Protocol", "Description", "Aliases"};
  sink.BeginTable(1, ReadTableHeader(kTitles, {}).value());
  uint32_t number = 0;
  const char line_end = absl::StrContains(text, '\n') ? '\n' : '\r';
  for (const absl::string_view line : absl::StrSplit(text, line_end)) {
    ++number;
    if (IsBlankOrComment(line)) continue;
    const std::optional<Entry> entry = ReadEntry(line);
    if (!entry) {
      sink.LeaveOut(number, absl::StrCat(Quoted(absl::StripAsciiWhitespace(line)),
                                         " is not NAME PORT/PROTOCOL [ALIAS]..."));
      continue;
    }
    const std::string aliases = absl::StrJoin(entry->aliases, " ");
    const std::array<absl::string_view, kTitles.size()> cells = {
        entry->name, entry->port, entry->protocol, entry->comment, aliases};
    if (!sink.AddRow(number, cells)) return;
  }
}

}  // namespace portreg
