// Recognises the columns of a flow by the titles that logs usually give them.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_FIELD_TITLES_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_FIELD_TITLES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/base/annotate_options.h"
#include "client/cli/flow_logs/delimited_annotator.h"
#include "client/cli/flow_logs/json_annotator.h"

namespace portreg::cli {

// The most columns that a log may have.
inline constexpr size_t kMaxColumns = 1'024;

// Finds the columns of a flow among titles: those that the options name, and others by their
// usual titles, ignoring case, hyphens, underscores, dots and blanks. Returns INVALID_ARGUMENT,
// naming the flag that would help, if a column is missing; and for more than kMaxColumns titles.
absl::StatusOr<FlowColumns> FindColumns(absl::Span<const std::string> titles,
                                        const AnnotateOptions& options);

// The members of a flow in the JSON of Suricata, Zeek, Elastic and others, the most specific
// first.
absl::Span<const JsonPaths> UsualJsonPaths();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_FIELD_TITLES_H_
