#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/changes/change_writers.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr size_t kChangeColumnGap = 2;
// A wider text does not widen its column.
constexpr size_t kMaxChangeColumnWidth = 40;

struct ChangeRow {
  // Printable texts. The last one may be of any width.
  std::vector<std::string> cells;
  absl::string_view style;
};

std::string NameCell(absl::string_view name) { return name.empty() ? "-" : Printable(name); }

// Writes rows, of which the first has the titles, with their columns aligned.
void PutAligned(const std::vector<ChangeRow>& rows, const Terminal& terminal, Printer out) {
  std::vector<size_t> widths(rows.front().cells.size());
  for (const ChangeRow& row : rows) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const size_t width = DisplayWidth(row.cells[i]);
      if (width <= kMaxChangeColumnWidth) widths[i] = std::max(widths[i], width);
    }
  }
  for (const ChangeRow& row : rows) {
    std::string text;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const size_t width = DisplayWidth(row.cells[i]);
      const size_t blanks = std::max(widths[i], width) - width + kChangeColumnGap;
      absl::StrAppend(&text, row.cells[i], std::string(blanks, ' '));
    }
    absl::StripTrailingAsciiWhitespace(&text);
    StyledLine line;
    line.Append(text, row.style);
    out.Put(absl::StrCat(line.Shown(terminal), "\n"));
  }
}

std::vector<ChangeRow> RowsOfSlots(const std::vector<SlotChange>& slots) {
  std::vector<ChangeRow> rows = {{{"SLOT", "BEFORE", "AFTER"}, kBold}};
  for (const SlotChange& slot : slots) {
    rows.push_back({{PortsText(slot), NameCell(slot.before), NameCell(slot.after)}, {}});
  }
  return rows;
}

absl::string_view StyleOfChange(const ChangedRecord& changed) {
  return changed.before == nullptr ? kGreen : changed.after == nullptr ? kRed : kYellow;
}

std::vector<ChangeRow> RowsOfRecords(const std::vector<ChangedRecord>& records) {
  std::vector<ChangeRow> rows = {
      {{" ", "PORT", "SERVICE", "LAYER", "OWNER", "SCOPE", "DESCRIPTION OR CHANGE"}, kBold}};
  for (const ChangedRecord& changed : records) {
    const ServiceRecord& record = EitherOf(changed);
    for (const std::string& remark : RemarksOn(changed)) {
      rows.push_back({{std::string(SignOf(changed)), PortsText(record), NameCell(record.service),
                       std::string(ToString(record.layer)), Printable(record.details->owner),
                       Printable(record.scope), remark},
                      StyleOfChange(changed)});
    }
  }
  return rows;
}

}  // namespace

void WriteChangeTable(const Changes& changes, const Terminal& terminal, Printer out) {
  if (changes.empty()) return;
  if (!changes.slots.empty()) {
    PutAligned(RowsOfSlots(changes.slots), terminal, out);
    out.Put("\n");
  }
  if (!changes.records.empty()) {
    PutAligned(RowsOfRecords(changes.records), terminal, out);
    out.Put("\n");
  }
  out.Put(absl::StrCat(CountsOf(changes), "\n"));
}

}  // namespace portreg::cli
