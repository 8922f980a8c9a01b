#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/flow_logs/added_fields.h"
#include "client/cli/flow_logs/delimited_annotator.h"
#include "client/cli/flow_logs/field_titles.h"
#include "client/cli/flow_logs/log_formats.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kSeparatorLine = "#separator";

// The values of the header lines, which precede the first record.
struct ZeekHeader {
  char separator = '\t';
  std::string unset = "-";
  // The headers as whole lines. A header is empty if it is missing.
  absl::string_view fields;
  absl::string_view types;
};

// Reads a separator, written as "\x09" or as one character.
std::optional<char> ReadSeparator(absl::string_view text) {
  uint32_t code = 0;
  if (text.size() == 1) return text[0];
  if (!absl::ConsumePrefix(&text, "\\x") || text.size() != 2) return std::nullopt;
  if (!absl::SimpleHexAtoi(text, &code) || code == 0) return std::nullopt;
  return static_cast<char>(code);
}

absl::StatusOr<ZeekHeader> ReadHeader(absl::string_view beginning) {
  ZeekHeader header;
  while (!beginning.empty()) {
    const size_t end = std::min(beginning.find('\n'), beginning.size());
    const absl::string_view line = absl::StripSuffix(beginning.substr(0, end), "\r");
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
    if (!absl::StartsWith(line, "#")) break;
    if (absl::StartsWith(line, kSeparatorLine)) {
      const absl::string_view value = line.substr(std::min(kSeparatorLine.size() + 1, line.size()));
      const std::optional<char> separator = ReadSeparator(value);
      if (!separator || *separator == '\n' || *separator == '\r') {
        return absl::InvalidArgumentError(
            absl::StrCat("#separator ", Quoted(value), " is not one byte, such as \\x09"));
      }
      header.separator = *separator;
    } else if (absl::StartsWith(line,
                                absl::StrCat("#unset_field", std::string(1, header.separator)))) {
      header.unset = std::string(line.substr(line.find(header.separator) + 1));
    } else if (absl::StartsWith(line, "#fields")) {
      header.fields = line;
    } else if (absl::StartsWith(line, "#types")) {
      header.types = line;
    }
  }
  if (header.fields.empty()) {
    return absl::InvalidArgumentError("the log has no line #fields, as Zeek's logs have");
  }
  return header;
}

}  // namespace

MaybeAnnotator RecogniseZeek(absl::string_view beginning, const AnnotatorParts& parts) {
  const AnnotateOptions& options = parts.options;
  const bool is_named = options.format == FlowFormat::kZeek;
  const absl::string_view first = FirstLineOf(beginning);
  if (!is_named && !absl::StartsWith(first, kSeparatorLine) &&
      !absl::StartsWith(first, "#fields\t")) {
    return nullptr;
  }
  // The header begins with the first line that is not blank.
  const absl::StatusOr<ZeekHeader> header =
      ReadHeader(beginning.substr(static_cast<size_t>(first.data() - beginning.data())));
  if (!header.ok()) return header.status();
  std::vector<std::string> fields = SplitFields(header->fields, header->separator);
  // The first is "#fields" itself.
  fields.erase(fields.begin());
  const absl::StatusOr<FlowColumns> columns = FindColumns(fields, options);
  if (!columns.ok()) return columns.status();
  const absl::StatusOr<FieldNames> names = ChooseNames(options, [&](absl::string_view name) {
    return std::find(fields.begin(), fields.end(), name) != fields.end();
  });
  if (!names.ok()) return names.status();
  DelimitedLayout layout;
  layout.syntax = {.separator = header->separator, .quoted = false, .unset = header->unset};
  layout.columns = fields.size();
  layout.flow = *columns;
  // Zeek's own logs have no flags of TCP.
  layout.flow.tcp_flags.reset();
  // The responder accepted the connection.
  if (fields[columns->destination_port] == "id.resp_p") layout.stated = ServiceSide::kDestination;
  layout.comment = '#';
  layout.next_log = std::string(kSeparatorLine);
  const DelimitedForm form(layout.syntax, options.both);
  layout.headers.push_back({std::string(header->fields), form.Appended(names->All())});
  std::vector<std::string> types = {"string", "port", "string", "string"};
  types.resize(names->All().size(), "string");
  if (!header->types.empty()) {
    layout.headers.push_back({std::string(header->types), form.Appended(types)});
  }
  return std::make_unique<const DelimitedAnnotator>(std::move(layout), parts.table, options.both);
}

}  // namespace portreg::cli
