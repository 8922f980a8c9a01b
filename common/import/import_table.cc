#include "common/import/import_table.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/data/iana_csv.h"
#include "common/data/own_table.h"
#include "common/data/record_csv.h"
#include "common/import/foreign_csv.h"
#include "common/import/markdown_tables.h"
#include "common/import/row_converter.h"
#include "common/import/services_lines.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Passes rows on to the converter, and keeps the titles of all tables.
class TitleCollector final : public TableSink {
 public:
  explicit TitleCollector(RowConverter& next) : next_(next) {}

  void BeginTable(uint32_t line, const TableHeader& header) override {
    titles_.insert(titles_.end(), header.titles.begin(), header.titles.end());
    next_.BeginTable(line, header);
  }
  bool AddRow(uint32_t line, Cells cells) override { return next_.AddRow(line, cells); }
  void LeaveOut(uint32_t line, absl::string_view reason) override { next_.LeaveOut(line, reason); }
  void Remark(uint32_t line, absl::string_view text) override { next_.Remark(line, text); }

  [[nodiscard]] const std::vector<std::string>& titles() const { return titles_; }

 private:
  RowConverter& next_;
  std::vector<std::string> titles_;
};

absl::Status NoTable(absl::string_view text) {
  const absl::string_view rest = absl::StripLeadingAsciiWhitespace(text);
  if (rest.empty()) return absl::InvalidArgumentError("file is empty");
  const absl::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
  return absl::InvalidArgumentError(absl::StrCat(
      "no table of ports: a header needs a column such as Port and one such as Service or Owner, "
      "which --columns can name; the file begins with ",
      Quoted(line)));
}

// Reads the text in its format.
absl::Status ReadText(absl::string_view text, const ImportOptions& options, TableSink& sink) {
  if (IsServicesFile(text)) {
    ReadServicesLines(text, sink);
    return absl::OkStatus();
  }
  const std::optional<CsvLayout> layout = FindCsvLayout(text, options.columns);
  // A table of Markdown looks like CSV with "|". A CSV file whose texts have tables in
  // them begins with its header.
  const bool is_plain_csv = layout && layout->delimiter != '|' && layout->header_row == 0;
  if (!is_plain_csv && HasMarkdownTable(text)) {
    return ReadMarkdownTables(text, options.columns, sink);
  }
  if (!layout) return NoTable(text);
  return ReadForeignCsv(text, *layout, options.columns, sink);
}

absl::Status CheckChoices(const std::vector<ColumnChoice>& choices,
                          const std::vector<std::string>& titles) {
  for (const ColumnChoice& choice : choices) {
    const bool known = std::any_of(titles.begin(), titles.end(), [&](const std::string& title) {
      return IsTitleOf(choice, title);
    });
    if (known) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("no column has the title ", Quoted(choice.title), ", the titles are ",
                     absl::StrJoin(titles, ", ", [](std::string* list, const std::string& title) {
                       absl::StrAppend(list, Quoted(title));
                     })));
  }
  return absl::OkStatus();
}

void SortNotes(std::vector<ImportNote>& notes) {
  const auto before = [](const ImportNote& a, const ImportNote& b) { return a.line < b.line; };
  std::stable_sort(notes.begin(), notes.end(), before);
  const auto same = [](const ImportNote& a, const ImportNote& b) {
    return a.line == b.line && a.text == b.text;
  };
  notes.erase(std::unique(notes.begin(), notes.end(), same), notes.end());
}

// Writes the records that portregd would read.
absl::StatusOr<ImportedTable> WriteRecords(const RowConverter& converter, ImportNotes notes) {
  ImportedTable table{.csv = {}, .record_count = 0, .notes = std::move(notes)};
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseOwnTable(converter.text(), Layer::kLocal, kept);
  if (!parsed.ok()) {
    // The rows are CSV, so the only limit left is that on records.
    return absl::InvalidArgumentError(
        absl::StrCat("the rows make more records than an own table may have (", kMaxRows, ")"));
  }
  for (const SetAsideRow& row : parsed->set_aside) {
    table.notes.LeaveOut(converter.SourceLine(row.position.line), row.reason);
  }
  RecordCsv csv(RecordColumns::kOwn);
  for (const ServiceRecord& record : parsed->records) {
    if (absl::Status status = csv.Add(record); !status.ok()) {
      return absl::InvalidArgumentError(status.message());
    }
  }
  table.csv = csv.Text();
  table.record_count = parsed->records.size();
  SortNotes(table.notes.left_out);
  SortNotes(table.notes.remarks);
  return table;
}

}  // namespace

absl::StatusOr<ImportedTable> ImportTable(absl::string_view bytes, const ImportOptions& options) {
  const absl::StatusOr<std::string> text = DecodeText(bytes, options.encoding);
  if (!text.ok()) return text.status();
  ImportNotes notes;
  RowConverter converter(options.words, options.transports, notes);
  TitleCollector sink(converter);
  if (absl::Status status = ReadText(*text, options, sink); !status.ok()) return status;
  if (!converter.status().ok()) return converter.status();
  if (!converter.has_tables()) return NoTable(*text);
  if (absl::Status status = CheckChoices(options.columns, sink.titles()); !status.ok()) {
    return status;
  }
  if (!options.transports.empty() && !converter.used_default()) {
    notes.Remark(0, "the default transport is not used, every row states its own or holds for any");
  }
  return WriteRecords(converter, std::move(notes));
}

}  // namespace portreg
