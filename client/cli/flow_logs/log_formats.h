// Recognises the format of a flow log by its beginning.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_LOG_FORMATS_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_LOG_FORMATS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/annotate_options.h"
#include "client/cli/flow_logs/block_annotator.h"
#include "client/cli/flow_logs/service_table.h"

namespace portreg::cli {

// Holds the arguments that every annotator of a log needs.
struct AnnotatorParts {
  AnnotateOptions options;
  std::shared_ptr<const ServiceTable> table;
};

// An annotator; null if the log is of another format.
using MaybeAnnotator = absl::StatusOr<std::unique_ptr<const BlockAnnotator>>;

// Returns the annotator of a log that begins with `beginning`. The format is the one that the
// options name, else the first one that recognises the beginning. `beginning` consists of whole
// lines, is surrounded by kBlockPadding readable bytes, and is the whole log or has some thousand
// bytes. Returns INVALID_ARGUMENT if no format recognises it, if a column is missing, or if the log
// already has a field with the name of an added one.
MaybeAnnotator RecogniseLog(absl::string_view beginning, const AnnotatorParts& parts);

// The functions below do the same for one format. They return null if the log is of another
// format, but never if the options name this format.

// Amazon's VPC flow logs: a line of names, or the 14 default fields, or --fields.
MaybeAnnotator RecogniseVpc(absl::string_view beginning, const AnnotatorParts& parts);

// Zeek's own format, with lines of #fields. The responder is the service.
MaybeAnnotator RecogniseZeek(absl::string_view beginning, const AnnotatorParts& parts);

// Lines of JSON objects: Suricata's EVE, those of UsualJsonPaths(), and others by the
// options.
MaybeAnnotator RecogniseJson(absl::string_view beginning, const AnnotatorParts& parts);

// nfdump's CSV, other CSV and TSV, with a line of titles or --fields.
MaybeAnnotator RecogniseTable(absl::string_view beginning, const AnnotatorParts& parts);

// Returns the first line that is not blank, without its end and a byte order mark.
absl::string_view FirstLineOf(absl::string_view beginning);

// Returns the fields of --fields, or those of a line.
std::vector<std::string> SplitFields(absl::string_view line, char separator);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_LOG_FORMATS_H_
