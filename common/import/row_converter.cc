#include "common/import/row_converter.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/data/csv.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"
#include "common/data/own_table.h"
#include "common/import/own_spelling.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

using Content = ForeignColumn::Content;

constexpr absl::string_view kVariationSelector = "\xEF\xB8\x8F";

// Texts that people write into cells that hold nothing.
constexpr std::array<absl::string_view, 5> kNothing = {"-", "\u2013", "\u2014", "n/a", "N/A"};

constexpr std::array<absl::string_view, 11> kTicks = {
    "\u2714", "\u2713", "\u2705", "\u2611", "x", "yes", "y", "true", "1", "\u2022", "\u25CF"};
constexpr std::array<absl::string_view, 9> kNoTicks = {"\u274C", "\u2717", "\u2718", "\u2716", "no",
                                                       "n",      "false",  "0",      ""};

template <size_t kSize>
bool IsIn(absl::string_view text, const std::array<absl::string_view, kSize>& known) {
  return std::any_of(known.begin(), known.end(),
                     [text](absl::string_view each) { return absl::EqualsIgnoreCase(text, each); });
}

bool IsNothing(absl::string_view text) {
  return std::find(kNothing.begin(), kNothing.end(), text) != kNothing.end();
}

bool IsBlankRow(TableSink::Cells cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](absl::string_view cell) { return StripBlanks(cell).empty(); });
}

// Returns how --columns leaves a column out.
std::string HintAt(absl::string_view title) {
  const bool plain = std::all_of(title.begin(), title.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-';
  });
  return absl::StrCat("; --columns ", plain ? title : "TITLE", "=- leaves the column out");
}

// Returns the transports for a message.
std::string InWords(const Transports& transports) {
  return transports == Transports{Transport::kNone} ? "any" : ToString(transports);
}

std::string PortsCell(const std::vector<PortRange>& ports) {
  return absl::StrJoin(ports, ",", [](std::string* text, PortRange range) {
    absl::StrAppend(text, ToString(range));
  });
}

}  // namespace

RowConverter::RowConverter(const TransportWords& words, Transports default_transports,
                           ImportNotes& notes)
    : words_(words), default_transports_(std::move(default_transports)), notes_(notes) {
  absl::StrAppend(&text_, absl::StrJoin(OwnColumns(), ","), "\n");
  next_line_ = 2;
}

void RowConverter::BeginTable(uint32_t line, const TableHeader& header) {
  header_ = header;
  ++table_count_;
  may_remark_on_transport_ = true;
  for (const std::string& remark : header.remarks) notes_.Remark(line, remark);
}

void RowConverter::LeaveOut(uint32_t line, absl::string_view reason) {
  notes_.LeaveOut(line, reason);
}

void RowConverter::Remark(uint32_t line, absl::string_view text) { notes_.Remark(line, text); }

bool RowConverter::AddRow(uint32_t line, Cells cells) {
  if (!status_.ok()) return false;
  if (IsBlankRow(cells)) return true;
  if (++row_count_ > kMaxRows) {
    status_ =
        absl::InvalidArgumentError(absl::StrCat("line ", line, ": more than ", kMaxRows, " rows"));
    return false;
  }
  if (absl::Status status = Convert(line, cells); !status.ok()) LeaveOut(line, status.message());
  if (text_.size() > kMaxFileBytes) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat("line ", line, ": the table would have more than ", kMaxFileBytes, " bytes"));
  }
  return status_.ok();
}

absl::Status RowConverter::Convert(uint32_t line, Cells cells) {
  const absl::StatusOr<std::vector<CellPorts>> items = ReadPorts(line, cells);
  if (!items.ok()) return items.status();
  const absl::StatusOr<std::optional<Transports>> of_columns = ReadTransports(cells);
  const absl::StatusOr<std::vector<Group>> groups = GroupPorts(*items, of_columns);
  if (!groups.ok()) return groups.status();
  if (!of_columns.ok()) {
    notes_.Remark(line, absl::StrCat(of_columns.status().message(),
                                     "; the transport beside the port is used"));
  }
  if (!header_.is_own_table) {
    const auto filled = std::count_if(cells.begin(), cells.end(), [](absl::string_view cell) {
      return !StripBlanks(cell).empty();
    });
    if (items->empty() && filled == 1) {
      return absl::InvalidArgumentError("only one cell is filled, the row seems to be a heading");
    }
    RemarkOnGaps(line, cells, items->empty());
  }
  const absl::StatusOr<std::vector<std::string>> texts = OwnTexts(line, cells);
  if (!texts.ok()) return texts.status();
  for (const Group& group : *groups) {
    if (absl::Status status = Write(line, group, *texts); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::string_view RowConverter::CellOf(size_t own, Cells cells) const {
  const std::optional<size_t> place = header_.PlaceOf(own);
  if (!place) return {};
  if (header_.is_own_table) return cells[*place];
  const absl::string_view cell = StripBlanks(cells[*place]);
  return IsNothing(cell) ? absl::string_view() : cell;
}

absl::StatusOr<std::vector<std::string>> RowConverter::OwnTexts(uint32_t line, Cells cells) {
  static const size_t kAliases = OwnColumn("Aliases");
  std::vector<std::string> texts;
  for (size_t own = 0; own < OwnColumns().size(); ++own) {
    const std::optional<size_t> place = header_.PlaceOf(own);
    const absl::string_view cell = CellOf(own, cells);
    const bool is_copied = header_.is_own_table && place &&
                           absl::EqualsIgnoreCase(header_.titles[*place], OwnColumns()[own]);
    if (is_copied || cell.empty()) {
      texts.push_back(own == kAliases ? SpellAliases(cell) : std::string(cell));
      continue;
    }
    OwnSpelling spelling = SpellAsOwn(own, StripBlanks(cell));
    if (absl::Status status = CheckOptionalCell(OwnColumns()[own], spelling.text); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(status.message(), HintAt(header_.titles[*place])));
    }
    if (!spelling.remark.empty()) notes_.Remark(line, spelling.remark);
    texts.push_back(std::move(spelling.text));
  }
  return texts;
}

absl::StatusOr<std::vector<CellPorts>> RowConverter::ReadPorts(uint32_t line, Cells cells) {
  std::vector<CellPorts> items;
  for (size_t i = 0; i < header_.columns.size(); ++i) {
    const ForeignColumn& column = header_.columns[i];
    const bool of_transport = column.content == Content::kPortsOfTransport;
    if (!of_transport && (column.content != Content::kOwn || column.own != kPortNumberColumn)) {
      continue;
    }
    const absl::string_view text = StripBlanks(cells[i]);
    if (IsNothing(text)) continue;
    absl::StatusOr<PortCell> cell = ReadPortCell(text, words_);
    if (!cell.ok()) return cell.status();
    for (const std::string& remark : cell->remarks) notes_.Remark(line, remark);
    for (CellPorts& item : cell->items) {
      if (of_transport && !item.transports.empty() &&
          item.transports != Transports{column.transport}) {
        return absl::InvalidArgumentError(absl::StrCat("ports ", Quoted(text),
                                                       " name another transport than their column ",
                                                       Quoted(header_.titles[i])));
      }
      if (of_transport) item.transports = {column.transport};
      items.push_back(std::move(item));
    }
  }
  return items;
}

absl::StatusOr<Transports> RowConverter::ReadTicks(Cells cells) const {
  Transports ticked;
  for (size_t i = 0; i < header_.columns.size(); ++i) {
    const ForeignColumn& column = header_.columns[i];
    if (column.content != Content::kTick) continue;
    absl::string_view cell = StripBlanks(cells[i]);
    absl::ConsumeSuffix(&cell, kVariationSelector);
    if (IsIn(cell, kTicks) || absl::EqualsIgnoreCase(cell, ToString(column.transport))) {
      MergeTransports(ticked, {column.transport});
    } else if (!IsIn(cell, kNoTicks) && !IsNothing(cell)) {
      return absl::InvalidArgumentError(
          absl::StrCat("column ", Quoted(header_.titles[i]), " has ", Quoted(cell),
                       ", allowed are a tick, x, yes, true, 1, and a cross, -, no, false, 0 or "
                       "nothing"));
    }
  }
  if (ticked.empty()) return absl::InvalidArgumentError("no column of a transport is ticked");
  return ticked;
}

absl::StatusOr<std::optional<Transports>> RowConverter::ReadTransports(Cells cells) const {
  if (header_.Has(Content::kTick)) {
    absl::StatusOr<Transports> ticked = ReadTicks(cells);
    if (!ticked.ok()) return ticked.status();
    return std::optional<Transports>(*std::move(ticked));
  }
  if (!header_.PlaceOf(kTransportColumn)) return std::optional<Transports>();
  absl::StatusOr<Transports> words = words_.Read(CellOf(kTransportColumn, cells));
  if (!words.ok()) return words.status();
  return std::optional<Transports>(*std::move(words));
}

Transports RowConverter::DefaultTransports() {
  used_default_ = used_default_ || !default_transports_.empty();
  return default_transports_;
}

absl::StatusOr<std::vector<RowConverter::Group>> RowConverter::GroupPorts(
    const std::vector<CellPorts>& items,
    const absl::StatusOr<std::optional<Transports>>& of_columns) {
  const auto states = [](const CellPorts& item) { return !item.transports.empty(); };
  const bool some_state = std::any_of(items.begin(), items.end(), states);
  const bool all_state = some_state && std::all_of(items.begin(), items.end(), states);
  // An unknown application protocol is an error only if the ports have no transport.
  if (!of_columns.ok() && !all_state) return of_columns.status();
  const bool has_column = of_columns.ok() && of_columns->has_value();
  const Transports stated = has_column ? **of_columns : Transports();
  // Only tables without a column of transports get the default ones.
  const bool fills_up = !stated.empty() || (!has_column && !default_transports_.empty());
  if (some_state && !all_state && !fills_up) {
    return absl::InvalidArgumentError(
        "a transport is given for some of the ports only, write 80/tcp,443/tcp");
  }
  const auto transports_of = [&](const CellPorts& item) {
    if (states(item)) return item.transports;
    return has_column ? stated : DefaultTransports();
  };
  std::vector<Group> groups;
  if (items.empty()) groups.push_back({.ports = {}, .transports = transports_of({})});
  for (const CellPorts& item : items) {
    if (states(item) && !stated.empty() && item.transports != stated) {
      return absl::InvalidArgumentError(absl::StrCat("the port says ", InWords(item.transports),
                                                     ", the column of transports ",
                                                     InWords(stated)));
    }
    AddToGroup(item.ports, transports_of(item), groups);
  }
  return groups;
}

void RowConverter::AddToGroup(const std::vector<PortRange>& ports, const Transports& transports,
                              std::vector<Group>& groups) {
  const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
    return group.transports == transports;
  });
  Group& group = same != groups.end() ? *same : groups.emplace_back(Group{{}, transports});
  group.ports.insert(group.ports.end(), ports.begin(), ports.end());
}

void RowConverter::RemarkOnGaps(uint32_t line, Cells cells, bool portless) {
  const absl::string_view name = CellOf(kServiceNameColumn, cells);
  const absl::string_view owner = CellOf(OwnColumn("Owner"), cells);
  if (name.empty() && !portless && !owner.empty()) {
    notes_.Remark(line, absl::StrCat("no service name, read as a block of ", Quoted(owner)));
  }
  if (portless && !name.empty()) {
    notes_.Remark(line, absl::StrCat("no port, read as the name ", Quoted(name), " alone"));
  }
}

absl::Status RowConverter::Write(uint32_t line, const Group& group,
                                 std::vector<std::string> texts) {
  std::string row;
  for (size_t own = 0; own < texts.size(); ++own) {
    std::string& text = texts[own];
    if (own == kPortNumberColumn) text = PortsCell(group.ports);
    if (own == kTransportColumn) text = ToString(group.transports);
    const std::string field = ToCsvField(text);
    const size_t quotes = absl::StartsWith(field, "\"") ? 2 : 0;
    if (field.size() - quotes > CsvReader::kMaxFieldBytes) {
      return absl::InvalidArgumentError(absl::StrCat("the text for ", OwnColumns()[own],
                                                     " is longer than ", CsvReader::kMaxFieldBytes,
                                                     " bytes"));
    }
    absl::StrAppend(&row, own == 0 ? "" : ",", field);
  }
  if (group.transports.empty() && may_remark_on_transport_ && !header_.PlaceOf(kTransportColumn)) {
    may_remark_on_transport_ = false;
    notes_.Remark(line,
                  "the table does not state transports, its rows hold for any; --transport=tcp "
                  "gives them one");
  }
  origins_.emplace_back(next_line_, line);
  next_line_ += 1 + static_cast<uint32_t>(std::count(row.begin(), row.end(), '\n'));
  absl::StrAppend(&text_, row, "\n");
  return absl::OkStatus();
}

uint32_t RowConverter::SourceLine(uint32_t line) const {
  const auto after =
      std::upper_bound(origins_.begin(), origins_.end(), line,
                       [](uint32_t wanted, const auto& origin) { return wanted < origin.first; });
  return after == origins_.begin() ? 0 : std::prev(after)->second;
}

}  // namespace portreg
