#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/flow_logs/added_fields.h"
#include "client/cli/flow_logs/csv_rows.h"
#include "client/cli/flow_logs/delimited_annotator.h"
#include "client/cli/flow_logs/field_titles.h"
#include "client/cli/flow_logs/log_formats.h"

namespace portreg::cli {
namespace {

constexpr char kTab = '\t';
// The separators in the order in which they are tried.
constexpr std::array<char, 4> kSeparators = {',', kTab, ';', '|'};

// A row read with one separator.
struct FirstRow {
  char separator = ',';
  bool quoted = true;
  // The row without its end.
  absl::string_view text;
  std::vector<std::string> fields;
};

FirstRow ReadRow(absl::string_view text, char separator) {
  FirstRow row = {.separator = separator, .quoted = separator != kTab, .text = {}, .fields = {}};
  if (!row.quoted) {
    row.text = FirstLineOf(text);
    row.fields = SplitFields(row.text, separator);
    return row;
  }
  std::vector<absl::string_view> fields;
  const CsvRow found = FirstCsvRow(text, separator, true, &fields);
  row.text = text.substr(0, found.content);
  for (absl::string_view field : fields) {
    if (field.size() >= 2 && field.front() == '"') field = field.substr(1, field.size() - 2);
    row.fields.push_back(absl::StrReplaceAll(field, {{"\"\"", "\""}}));
  }
  return row;
}

std::vector<char> SeparatorsOf(FlowFormat format) {
  if (format == FlowFormat::kTsv) return {kTab};
  if (format == FlowFormat::kNfdump) return {','};
  return {kSeparators.begin(), kSeparators.end()};
}

// Returns true for the titles of nfdump 1.6 or 1.7.
bool IsOfNfdump(const std::vector<std::string>& titles) {
  const auto has = [&titles](absl::string_view title) {
    return std::find(titles.begin(), titles.end(), title) != titles.end();
  };
  return (has("ts") && has("sp") && has("dp") && has("pr")) || (has("firstSeen") && has("srcPort"));
}

// Returns true for the lines of nfdump's summary: "Summary", its titles and its numbers.
bool IsOfSummary(absl::string_view line) {
  if (line == "Summary" || absl::StartsWith(line, "flows,bytes,packets,")) return true;
  return line == "No matched flows" ||
         (std::count(line.begin(), line.end(), ',') == 5 &&
          line.find_first_not_of("0123456789,.") == absl::string_view::npos);
}

// Returns the row of titles, read with the first separator that yields the columns of a flow.
absl::StatusOr<FirstRow> FindTitles(absl::string_view text, const AnnotateOptions& options) {
  absl::Status why = absl::InvalidArgumentError("the log has no line of titles");
  size_t most = 0;
  for (const char separator : SeparatorsOf(options.format)) {
    FirstRow row = ReadRow(text, separator);
    const absl::Status status = FindColumns(row.fields, options).status();
    if (status.ok()) return row;
    // Keeps the error for the separator that yields the most titles, because that is probably the
    // right separator.
    if (row.fields.size() <= most) continue;
    most = row.fields.size();
    why = status;
  }
  return why;
}

// Returns the first row of a log without titles, whose columns the options name.
absl::StatusOr<FirstRow> FindRow(absl::string_view text, const AnnotateOptions& options) {
  for (const char separator : SeparatorsOf(options.format)) {
    FirstRow row = ReadRow(text, separator);
    if (row.fields.size() == options.fields.size()) return row;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the first line does not have the ", options.fields.size(), " fields that --fields names"));
}

absl::StatusOr<DelimitedLayout> LayoutOf(const FirstRow& row,
                                         const std::vector<std::string>& titles,
                                         const AnnotateOptions& options) {
  const absl::StatusOr<FlowColumns> columns = FindColumns(titles, options);
  if (!columns.ok()) return columns.status();
  DelimitedLayout layout;
  layout.syntax = {.separator = row.separator, .quoted = row.quoted, .unset = ""};
  layout.columns = titles.size();
  layout.flow = *columns;
  // Collectors of NetFlow and IPFIX unite the flags of all packets.
  layout.flag_meaning = FlagMeaning::kUnited;
  if (options.format == FlowFormat::kNfdump || IsOfNfdump(titles)) layout.is_remark = &IsOfSummary;
  return layout;
}

}  // namespace

MaybeAnnotator RecogniseTable(absl::string_view beginning, const AnnotatorParts& parts) {
  const AnnotateOptions& options = parts.options;
  const absl::string_view first = FirstLineOf(beginning);
  const absl::string_view text =
      first.empty() ? absl::string_view()
                    : beginning.substr(static_cast<size_t>(first.data() - beginning.data()));
  const bool has_titles = options.fields.empty();
  if (text.empty()) return absl::InvalidArgumentError("the log has only blank lines");
  const absl::StatusOr<FirstRow> row =
      has_titles ? FindTitles(text, options) : FindRow(text, options);
  if (!row.ok()) {
    // A line without a separator is not a row of a table.
    const bool may_be_table = first.find_first_of(",\t;|") != absl::string_view::npos;
    if (options.format == FlowFormat::kAuto && !may_be_table) return nullptr;
    return row.status();
  }
  const std::vector<std::string>& titles = has_titles ? row->fields : options.fields;
  absl::StatusOr<DelimitedLayout> layout = LayoutOf(*row, titles, options);
  if (!layout.ok()) return layout.status();
  const absl::StatusOr<FieldNames> names = ChooseNames(options, [&](absl::string_view name) {
    return std::find(titles.begin(), titles.end(), name) != titles.end();
  });
  if (!names.ok()) return names.status();
  if (has_titles) {
    layout->headers.push_back({std::string(row->text),
                               DelimitedForm(layout->syntax, options.both).Appended(names->All())});
  }
  return std::make_unique<const DelimitedAnnotator>(*std::move(layout), parts.table, options.both);
}

}  // namespace portreg::cli
