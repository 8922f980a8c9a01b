#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/flow_logs/added_fields.h"
#include "client/cli/flow_logs/delimited_annotator.h"
#include "client/cli/flow_logs/field_titles.h"
#include "client/cli/flow_logs/log_formats.h"

namespace portreg::cli {
namespace {

constexpr char kSeparator = ' ';

// The fields of version 2, in their order.
const std::vector<std::string>& DefaultFields() {
  static const auto& fields = *new std::vector<std::string>{
      "version",  "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport",
      "protocol", "packets",    "bytes",        "start",   "end",     "action",  "log-status"};
  return fields;
}

bool Has(const std::vector<std::string>& fields, absl::string_view name) {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

bool IsHeader(const std::vector<std::string>& fields) {
  return fields.size() > 2 && Has(fields, "srcport") && Has(fields, "dstport");
}

// Returns true if the fields may be those of a default record.
bool IsDefaultRecord(const std::vector<std::string>& fields) {
  if (fields.size() != DefaultFields().size()) return false;
  const std::string& version = fields.front();
  const std::string& status = fields.back();
  return version.size() == 1 && absl::ascii_isdigit(static_cast<unsigned char>(version[0])) &&
         (status == "OK" || status == "NODATA" || status == "SKIPDATA");
}

}  // namespace

MaybeAnnotator RecogniseVpc(absl::string_view beginning, const AnnotatorParts& parts) {
  const AnnotateOptions& options = parts.options;
  const bool is_named = options.format == FlowFormat::kVpc;
  const std::vector<std::string> first = SplitFields(FirstLineOf(beginning), kSeparator);
  std::vector<std::string> fields = options.fields;
  if (!is_named && !fields.empty()) return nullptr;
  const bool has_header = IsHeader(first);
  if (fields.empty()) {
    if (!is_named && !has_header && !IsDefaultRecord(first)) return nullptr;
    fields = has_header ? first : DefaultFields();
  }
  if (!has_header && options.fields.empty() && first.size() != fields.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the first line has ", first.size(), " fields, and ", fields.size(),
                     " are expected; --fields names those of a custom format"));
  }
  const absl::StatusOr<FlowColumns> columns = FindColumns(fields, options);
  if (!columns.ok()) return columns.status();
  const absl::StatusOr<FieldNames> names =
      ChooseNames(options, [&](absl::string_view name) { return Has(fields, name); });
  if (!names.ok()) return names.status();
  DelimitedLayout layout;
  layout.syntax = {.separator = kSeparator, .quoted = false, .unset = "-"};
  layout.columns = fields.size();
  layout.flow = *columns;
  // A record has ACK only if a packet had SYN and ACK, so that the flags are as good as those
  // of the first packet. flow-direction is no evidence: it tells in which direction the packets
  // passed the interface, not who opened the connection.
  layout.flag_meaning = FlagMeaning::kFirstPacket;
  if (has_header) {
    layout.headers.push_back({std::string(FirstLineOf(beginning)),
                              DelimitedForm(layout.syntax, options.both).Appended(names->All())});
  }
  return std::make_unique<const DelimitedAnnotator>(std::move(layout), parts.table, options.both);
}

}  // namespace portreg::cli
