#include "client/cli/flow_logs/log_formats.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

MaybeAnnotator Unrecognised(absl::string_view line) {
  if (absl::StartsWith(line, "[")) {
    return absl::InvalidArgumentError(
        "the log is a JSON array; annotate reads one object a line, as \"jq -c '.[]'\" writes");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the format is not recognised by the line ", Quoted(line),
                   "; --format names one of vpc, zeek, nfdump, eve, ndjson, csv and tsv"));
}

}  // namespace

absl::string_view FirstLineOf(absl::string_view beginning) {
  absl::ConsumePrefix(&beginning, kUtf8ByteOrderMark);
  while (!beginning.empty()) {
    const size_t end = std::min(beginning.find('\n'), beginning.size());
    const absl::string_view line = absl::StripSuffix(beginning.substr(0, end), "\r");
    if (!absl::StripAsciiWhitespace(line).empty()) return line;
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  return {};
}

std::vector<std::string> SplitFields(absl::string_view line, char separator) {
  return absl::StrSplit(line, separator);
}

MaybeAnnotator RecogniseLog(absl::string_view beginning, const AnnotatorParts& parts) {
  switch (parts.options.format) {
    case FlowFormat::kVpc:
      return RecogniseVpc(beginning, parts);
    case FlowFormat::kZeek:
      return RecogniseZeek(beginning, parts);
    case FlowFormat::kEve:
    case FlowFormat::kNdjson:
      return RecogniseJson(beginning, parts);
    case FlowFormat::kNfdump:
    case FlowFormat::kCsv:
    case FlowFormat::kTsv:
      return RecogniseTable(beginning, parts);
    case FlowFormat::kAuto:
      break;
  }
  for (const auto recognise : {RecogniseZeek, RecogniseJson, RecogniseVpc, RecogniseTable}) {
    MaybeAnnotator annotator = recognise(beginning, parts);
    if (!annotator.ok() || *annotator != nullptr) return annotator;
  }
  return Unrecognised(FirstLineOf(beginning));
}

}  // namespace portreg::cli
