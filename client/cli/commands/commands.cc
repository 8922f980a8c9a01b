#include "client/cli/commands/commands.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/clipped_record.h"
#include "client/cli/display/terminal.h"
#include "client/cli/formats/json.h"
#include "common/answers/conversion.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// Returns the cause of a gRPC error. gRPC names the cause of a lost connection last,
// after a chain of its consequences.
absl::string_view Cause(absl::string_view message) {
  const bool chained = message.find("last error:") != absl::string_view::npos;
  const size_t colon = message.rfind(": ");
  return chained && colon != absl::string_view::npos ? message.substr(colon + 2) : message;
}

}  // namespace

absl::StatusOr<std::vector<Query>> ReadQueries(const std::vector<std::string>& keys) {
  if (keys.empty()) return absl::InvalidArgumentError("no key is given, such as 443; see --help");
  std::vector<Query> queries;
  for (const std::string& key : keys) {
    absl::StatusOr<std::vector<Query>> some = ParseQueries(key);
    if (!some.ok()) return some.status();
    for (Query& query : *some) queries.push_back(std::move(query));
  }
  return queries;
}

absl::StatusOr<std::vector<Query>> ReadRanges(const std::vector<std::string>& keys,
                                              absl::string_view command) {
  absl::StatusOr<std::vector<Query>> queries = ReadQueries(keys);
  if (!queries.ok()) return queries;
  for (const Query& query : *queries) {
    if (query.ports) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "key \"", query.text, "\" is not a port or a range, which ", command, " needs"));
  }
  return queries;
}

v1::RecordView ViewOf(const Invocation& invocation) {
  const bool wanted = invocation.details || invocation.format == Format::kWide;
  return wanted ? v1::RECORD_VIEW_FULL : v1::RECORD_VIEW_BASIC;
}

bool IncludesLayer(const Invocation& invocation, Layer layer) {
  const std::vector<Layer>& layers = invocation.layers;
  return layers.empty() || std::find(layers.begin(), layers.end(), layer) != layers.end();
}

bool IncludesLayerOf(const Invocation& invocation, const v1::PortRecord& record) {
  if (invocation.layers.empty()) return true;
  const std::optional<Layer> layer = LayerOf(record.layer());
  return layer && IncludesLayer(invocation, *layer);
}

void WriteAnswer(const Invocation& invocation, PortRange ports, Transport transport,
                 const v1::PortRecord& record, RecordWriter& writer) {
  if (invocation.format != Format::kServices) {
    writer.Write(record);
  } else if (const std::optional<v1::PortRecord> clipped = ClippedTo(ports, transport, record);
             clipped) {
    writer.Write(*clipped);
  }
}

int Finish(const std::string& revision, const Source& source, RecordWriter& writer,
           const Output& output) {
  if (writer.status().ok()) writer.Finish(revision);
  (void)output.out.Flush();
  if (absl::IsFailedPrecondition(writer.status())) {
    Complain(writer.status().message(), output);
    return kExitRefused;
  }
  if (!writer.status().ok()) return FailCall(writer.status(), source, output);
  if (const std::string remark = writer.Remark(); !remark.empty()) Complain(remark, output);
  return kExitOk;
}

bool TakesMore(const RecordWriter& writer, const Output& output) {
  return writer.status().ok() && output.out.ok();
}

void Complain(absl::string_view line, const Output& output) {
  constexpr size_t kMaxWidth = 4'096;
  absl::FPrintF(output.err, "portreg: %s\n", Truncated(Printable(line), kMaxWidth));
}

int FailUsage(const absl::Status& status, const Output& output) {
  Complain(status.message(), output);
  return kExitUsage;
}

std::string CallFailure(const absl::Status& status, const Source& source) {
  if (absl::StartsWith(status.message(), "no connection to ")) {
    return std::string(status.message());
  }
  const absl::string_view cause = Cause(status.message());
  return absl::StrCat(absl::IsUnavailable(status) ? "no answer from " : "", source.Name(), ": ",
                      cause.empty() ? absl::StatusCodeToString(status.code()) : cause);
}

int FailCall(const absl::Status& status, const Source& source, const Output& output) {
  std::string line = CallFailure(status, source);
  if (absl::IsUnavailable(status)) line += " (--offline answers without a server)";
  if (absl::IsUnimplemented(status)) {
    line += " (the server may be older than this tool, or another service)";
  }
  Complain(line, output);
  return ExitCodeOf(status);
}

int ExitCodeOf(const absl::Status& status) { return kExitGrpc + static_cast<int>(status.code()); }

int WriteJson(const google::protobuf::Message& message, JsonStyle style, const Source& source,
              const Output& output) {
  const absl::StatusOr<std::string> json = ToJson(message, style);
  if (!json.ok()) return FailCall(json.status(), source, output);
  output.out.PutData(absl::StrCat(*json, "\n"));
  return kExitOk;
}

int Run(const Invocation& invocation, Source& source, const Output& output) {
  switch (invocation.verb) {
    case Verb::kClassify:
      return RunClassify(invocation, source, output);
    case Verb::kList:
      return RunList(invocation, source, output);
    case Verb::kSearch:
      return RunSearch(invocation, source, output);
    case Verb::kInfo:
      return RunInfo(invocation, source, output);
    case Verb::kExport:
      return RunExport(invocation, source, output);
    case Verb::kWatch:
      return RunWatch(invocation, source, output);
    case Verb::kAudit:
      return RunAudit(invocation, source, output);
    case Verb::kDiff:
      return RunDiff(invocation, source, output);
    case Verb::kAnnotate:
      return RunAnnotate(invocation, source, output);
    case Verb::kCheck:
      return RunCheck(invocation, source, output);
    case Verb::kSuggest:
      return RunSuggest(invocation, source, output);
    case Verb::kLookup:
    case Verb::kImport:
    case Verb::kHelp:
    case Verb::kVersion:
    case Verb::kComplete:
      break;
  }
  return RunLookup(invocation, source, output);
}

}  // namespace portreg::cli
