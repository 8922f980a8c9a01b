#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "client/cli/flow_logs/field_titles.h"
#include "client/cli/flow_logs/json_annotator.h"
#include "client/cli/flow_logs/log_formats.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

// Returns the paths, some of them replaced by those that the options give.
JsonPaths Chosen(JsonPaths paths, const AnnotateOptions& options) {
  const bool keeps_ports =
      options.source_port_field.empty() && options.destination_port_field.empty();
  if (!keeps_ports) {
    paths.stated = ServiceSide::kNone;
    paths.is_eve = false;
  }
  if (!options.source_port_field.empty()) paths.source_port = options.source_port_field;
  if (!options.destination_port_field.empty()) {
    paths.destination_port = options.destination_port_field;
  }
  if (!options.protocol_field.empty()) paths.protocol = options.protocol_field;
  return paths;
}

// Returns the first of the usual paths that a line has.
std::optional<JsonPaths> PathsOf(absl::string_view line, const AnnotateOptions& options) {
  for (const JsonPaths& usual : UsualJsonPaths()) {
    JsonPaths paths = Chosen(usual, options);
    if (HasFlow(line, paths)) return paths;
  }
  // Accepts Suricata's events without ports, because only some types of events have any.
  const JsonPaths eve = Chosen(UsualJsonPaths().front(), options);
  if (eve.is_eve && absl::StrContains(line, "\"event_type\":")) return eve;
  return std::nullopt;
}

bool NamesAll(const AnnotateOptions& options) {
  return !options.source_port_field.empty() && !options.destination_port_field.empty() &&
         !options.protocol_field.empty();
}

// Searches the lines for members of a flow.
std::optional<JsonPaths> FindPaths(absl::string_view beginning, const AnnotateOptions& options) {
  if (NamesAll(options)) return Chosen({}, options);
  if (options.format == FlowFormat::kEve) return Chosen(UsualJsonPaths().front(), options);
  absl::ConsumePrefix(&beginning, kUtf8ByteOrderMark);
  while (!beginning.empty()) {
    const size_t end = std::min(beginning.find('\n'), beginning.size());
    std::optional<JsonPaths> paths = PathsOf(beginning.substr(0, end), options);
    if (paths) return paths;
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  return std::nullopt;
}

}  // namespace

MaybeAnnotator RecogniseJson(absl::string_view beginning, const AnnotatorParts& parts) {
  const AnnotateOptions& options = parts.options;
  const bool is_named = options.format == FlowFormat::kEve || options.format == FlowFormat::kNdjson;
  const absl::string_view first = absl::StripLeadingAsciiWhitespace(FirstLineOf(beginning));
  if (!is_named && !absl::StartsWith(first, "{")) return nullptr;
  std::optional<JsonPaths> paths = FindPaths(beginning, options);
  if (!paths) {
    return absl::InvalidArgumentError(
        "no object has usual members of ports and protocol; --source-port-field, "
        "--destination-port-field and --protocol-field name them, such as source.port");
  }
  return std::make_unique<const JsonAnnotator>(*std::move(paths), options, parts.table);
}

}  // namespace portreg::cli
