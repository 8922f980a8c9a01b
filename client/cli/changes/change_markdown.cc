#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/changes/change_writers.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The most characters of a text. Longer ones would leave no room for other rows.
constexpr size_t kMaxTextWidth = 200;
// Room for the lines that say how many rows are left out.
constexpr size_t kReservedBytes = 200;

// Returns the length of the longest run of backquotes.
size_t LongestRunOfBackquotes(absl::string_view text) {
  size_t longest = 0;
  size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Returns a text as code, in which Markdown has no effect. The fence of backquotes is
// longer than any in the text.
std::string Code(absl::string_view text) {
  const std::string shown = Truncated(Printable(text), kMaxTextWidth);
  if (shown.empty()) return {};
  const size_t inner = LongestRunOfBackquotes(shown);
  const std::string fence(inner + 1, '`');
  const absl::string_view pad = inner > 0 ? " " : "";
  return absl::StrCat(fence, pad, shown, pad, fence);
}

// Like Code(), for a cell of a table, where "|" needs a backslash even within code.
std::string CodeCell(absl::string_view text) {
  return absl::StrReplaceAll(Code(text), {{"|", "\\|"}});
}

std::string MarkdownRow(const std::vector<std::string>& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

// Appends a table with as many of the rows as `limit` bytes allow for the whole text, and
// the number of rows left out.
void AppendTable(const std::vector<std::string>& titles, const std::vector<std::string>& rows,
                 absl::string_view what, size_t limit, std::string& text) {
  if (rows.empty()) return;
  absl::StrAppend(&text, "\n", MarkdownRow(titles),
                  MarkdownRow(std::vector<std::string>(titles.size(), "---")));
  size_t written = 0;
  while (written < rows.size() && text.size() + rows[written].size() <= limit) {
    absl::StrAppend(&text, rows[written++]);
  }
  const size_t rest = rows.size() - written;
  if (rest > 0) absl::StrAppend(&text, "\n", rest, " more rows of ", what, " are left out.\n");
}

std::vector<std::string> SlotRows(const std::vector<SlotChange>& slots) {
  std::vector<std::string> rows;
  rows.reserve(slots.size());
  for (const SlotChange& slot : slots) {
    rows.push_back(MarkdownRow({PortsText(slot), CodeCell(slot.before), CodeCell(slot.after)}));
  }
  return rows;
}

std::vector<std::string> RecordRows(const std::vector<ChangedRecord>& records) {
  std::vector<std::string> rows;
  for (const ChangedRecord& changed : records) {
    const ServiceRecord& record = EitherOf(changed);
    for (const std::string& remark : RemarksOn(changed)) {
      rows.push_back(
          MarkdownRow({std::string(KindOf(changed)), PortsText(record), CodeCell(record.service),
                       std::string(ToString(record.layer)), CodeCell(record.details->owner),
                       CodeCell(record.scope), CodeCell(remark)}));
    }
  }
  return rows;
}

}  // namespace

void WriteChangeMarkdown(const Changes& changes, const ComparedNames& names, Printer out) {
  std::string text =
      absl::StrCat("**portreg diff** ", Code(names.before), " to ", Code(names.after), ": ",
                   changes.empty() ? "no difference" : CountsOf(changes), "\n");
  constexpr size_t kLimit = kMaxMarkdownBytes - kReservedBytes;
  // Slots use at most half of the room, because the records explain them.
  AppendTable({"Slot", "Before", "After"}, SlotRows(changes.slots), "slots",
              changes.records.empty() ? kLimit : kLimit / 2, text);
  AppendTable({"", "Port", "Service", "Layer", "Owner", "Scope", "Description or change"},
              RecordRows(changes.records), "records", kLimit, text);
  out.PutData(text);
}

}  // namespace portreg::cli
