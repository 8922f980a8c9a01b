#include "client/cli/formats/table_writer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/display/display_text.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr size_t kRowsHeld = 200;
constexpr size_t kBytesHeld = 1 << 20;
constexpr size_t kGap = 2;
// A wider text does not widen its column.
constexpr size_t kMaxColumnWidth = 40;

absl::string_view StyleOf(v1::Layer layer) {
  switch (layer) {
    case v1::LAYER_LOCAL:
      return kGreen;
    case v1::LAYER_COMMON:
      return kYellow;
    case v1::LAYER_IANA:
      return kCyan;
    default:
      return {};
  }
}

}  // namespace

TableWriter::TableWriter(const Shape& shape, const Terminal& terminal, Printer out)
    : columns_(ColumnsOf(shape)),
      shows_owners_(shape.wide),
      headers_(shape.headers),
      terminal_(terminal),
      out_(out) {}

void TableWriter::Write(const v1::PortRecord& record) { Add(record, {}); }

void TableWriter::WriteMatch(const v1::SearchMatch& match) { Add(match.record(), ReasonOf(match)); }

void TableWriter::Finish(const std::string& /*revision*/) { Flush(); }

std::vector<TableWriter::Column> TableWriter::ColumnsOf(const Shape& shape) {
  std::vector<Column> columns = {Column::kPort, Column::kService, Column::kLayer};
  if (shape.matches) columns.push_back(Column::kMatch);
  columns.push_back(Column::kOwner);
  if (shape.wide) {
    for (const Column column :
         {Column::kScope, Column::kStatus, Column::kAliases, Column::kReference,
          Column::kRegistered, Column::kModified, Column::kSource}) {
      columns.push_back(column);
    }
  }
  columns.push_back(Column::kDescription);
  return columns;
}

absl::string_view TableWriter::TitleOf(Column column) {
  switch (column) {
    case Column::kPort:
      return "PORT";
    case Column::kService:
      return "SERVICE";
    case Column::kLayer:
      return "LAYER";
    case Column::kMatch:
      return "MATCH";
    case Column::kOwner:
      return "OWNER";
    case Column::kScope:
      return "SCOPE";
    case Column::kStatus:
      return "STATUS";
    case Column::kAliases:
      return "ALIASES";
    case Column::kReference:
      return "REFERENCE";
    case Column::kRegistered:
      return "REGISTERED";
    case Column::kModified:
      return "MODIFIED";
    case Column::kSource:
      return "SOURCE";
    case Column::kDescription:
      return "DESCRIPTION";
  }
  return {};
}

std::string TableWriter::TextOf(Column column, const v1::PortRecord& record,
                                absl::string_view match) {
  const v1::RecordDetails& details = record.details();
  switch (column) {
    case Column::kPort:
      return PortsOf(record);
    case Column::kService:
      return record.service().empty() ? "-" : record.service();
    case Column::kLayer:
      return LayerName(record.layer());
    case Column::kMatch:
      return std::string(match);
    case Column::kOwner:
      // Without details, there is no assignee.
      return !record.owner().empty()    ? record.owner()
             : !details.owner().empty() ? details.owner()
                                        : details.assignee();
    case Column::kScope:
      return record.scope();
    case Column::kStatus:
      return StatusName(record.status());
    case Column::kAliases:
      return AliasesOf(record);
    case Column::kReference:
      return details.reference();
    case Column::kRegistered:
      return details.registration_date();
    case Column::kModified:
      return details.modification_date();
    case Column::kSource:
      return record.source();
    case Column::kDescription:
      return record.description();
  }
  return {};
}

void TableWriter::Add(const v1::PortRecord& record, absl::string_view match) {
  Row row;
  for (const Column column : columns_) {
    row.push_back({Printable(TextOf(column, record, match)),
                   column == Column::kLayer ? StyleOf(record.layer()) : absl::string_view()});
    absl::StripTrailingAsciiWhitespace(&row.back().text);
    held_bytes_ += row.back().text.size();
  }
  rows_.push_back(std::move(row));
  if (rows_.size() == kRowsHeld || held_bytes_ > kBytesHeld) Flush();
}

void TableWriter::Flush() {
  if (rows_.empty()) return;
  if (RevealOwners() || widths_.empty()) Begin();
  for (const Row& row : rows_) out_.Put(absl::StrCat(LineOf(row).Shown(terminal_), "\n"));
  rows_.clear();
  held_bytes_ = 0;
}

bool TableWriter::RevealOwners() {
  if (shows_owners_) return false;
  const auto column = static_cast<size_t>(
      std::find(columns_.begin(), columns_.end(), Column::kOwner) - columns_.begin());
  shows_owners_ = std::any_of(rows_.begin(), rows_.end(),
                              [column](const Row& row) { return !row[column].text.empty(); });
  return shows_owners_;
}

void TableWriter::Begin() {
  Row titles;
  for (const Column column : columns_) titles.push_back({std::string(TitleOf(column)), {}});
  widths_.resize(columns_.size());
  Measure(titles);
  for (const Row& row : rows_) Measure(row);
  if (!headers_) return;
  StyledLine line;
  line.Append(LineOf(titles).Shown({}), kBold);
  out_.Put(absl::StrCat(line.Shown(terminal_), "\n"));
}

void TableWriter::Measure(const Row& row) {
  for (size_t i = 0; i < row.size(); ++i) {
    const size_t width = DisplayWidth(row[i].text);
    if (width <= kMaxColumnWidth) widths_[i] = std::max(widths_[i], width);
  }
}

StyledLine TableWriter::LineOf(const Row& row) const {
  StyledLine line;
  size_t next = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (!IsShown(i)) continue;
    const Cell& cell = row[i];
    // Pads before a text only, so that no line ends in blanks.
    if (!cell.text.empty()) {
      line.Append(std::string(next - line.width(), ' '));
      line.Append(cell.text, cell.style);
    }
    next += std::max(DisplayWidth(cell.text), widths_[i]) + kGap;
  }
  return line;
}

}  // namespace portreg::cli
