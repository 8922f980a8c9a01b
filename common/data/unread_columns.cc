#include "common/data/unread_columns.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/edit_distance.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Returns the known title that is nearest to a misspelt one. Empty if none is near.
absl::string_view NearestTitle(absl::string_view title, absl::Span<const absl::string_view> known) {
  // Two edits turn a title of few letters into almost any other.
  constexpr size_t kShortTitle = 4;
  const std::string folded = absl::AsciiStrToLower(title);
  absl::string_view nearest;
  size_t limit = title.size() > kShortTitle ? 2 : 1;
  for (const absl::string_view each : known) {
    const size_t distance = EditDistance(folded, absl::AsciiStrToLower(each), limit);
    if (distance > limit) continue;
    nearest = each;
    if (distance <= 1) break;
    limit = distance - 1;
  }
  return nearest;
}

}  // namespace

std::vector<MessageAt> FindUnreadColumns(absl::Span<const CsvField> header,
                                         absl::Span<const absl::string_view> known) {
  std::vector<MessageAt> unread;
  for (const CsvField& field : header) {
    const absl::string_view title = absl::StripAsciiWhitespace(field.text);
    const bool is_known = std::any_of(known.begin(), known.end(), [title](absl::string_view each) {
      return absl::EqualsIgnoreCase(title, each);
    });
    if (title.empty() || is_known) continue;
    const absl::string_view nearest = NearestTitle(title, known);
    unread.push_back({field.position, absl::StrCat("column ", Quoted(title), " is not read",
                                                   nearest.empty() ? "" : "; did you mean ",
                                                   nearest, nearest.empty() ? "" : "?")});
  }
  return unread;
}

}  // namespace portreg
