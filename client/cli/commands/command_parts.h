// What the commands have in common.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_COMMAND_PARTS_H_
#define PORTREG_CLIENT_CLI_COMMANDS_COMMAND_PARTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/invocation.h"
#include "client/cli/commands/commands.h"
#include "client/cli/formats/json.h"
#include "client/cli/formats/record_writer.h"
#include "client/cli/sources/source.h"
#include "common/model/port.h"
#include "common/model/query.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// One for each command; each returns the exit code.
int RunLookup(const Invocation& invocation, Source& source, const Output& output);
int RunClassify(const Invocation& invocation, Source& source, const Output& output);
int RunList(const Invocation& invocation, Source& source, const Output& output);
int RunSearch(const Invocation& invocation, Source& source, const Output& output);
int RunInfo(const Invocation& invocation, Source& source, const Output& output);
int RunExport(const Invocation& invocation, Source& source, const Output& output);
int RunWatch(const Invocation& invocation, Source& source, const Output& output);

// Reads keys and lists of keys. INVALID_ARGUMENT, naming it, for an unusable
// one, and if there is none.
absl::StatusOr<std::vector<Query>> ReadQueries(const std::vector<std::string>& keys);

// The same for a command, to be named in the error, that takes ports and ranges
// only.
absl::StatusOr<std::vector<Query>> ReadRanges(const std::vector<std::string>& keys,
                                              absl::string_view command);

// The view of records that the formats asked for need.
v1::RecordView ViewOf(const Invocation& invocation);

// Returns whether records of the layer are asked for, or a record is of such a layer.
bool IncludesLayer(const Invocation& invocation, Layer layer);
bool IncludesLayerOf(const Invocation& invocation, const v1::PortRecord& record);

// Writes a record that answers a question about `ports` on `transport`. Where
// the format is about ports rather than records, what the record says of other
// ports is left out.
void WriteAnswer(const Invocation& invocation, PortRange ports, Transport transport,
                 const v1::PortRecord& record, RecordWriter& writer);

// Finishes what was written and complains of what had to be left out. Returns
// the exit code: kExitOk, or that of a writer that has failed, of which it
// complains too.
int Finish(const std::string& revision, const Source& source, RecordWriter& writer,
           const Output& output);

// Returns whether the writer takes more.
bool TakesMore(const RecordWriter& writer, const Output& output);

// Writes a line to standard error; what could write over the screen is escaped,
// and what no person would read is cut off.
void Complain(absl::string_view line, const Output& output);

// Complains of the command line; returns kExitUsage.
int FailUsage(const absl::Status& status, const Output& output);

// That the source failed, in a line that names it.
std::string CallFailure(const absl::Status& status, const Source& source);

// Complains that the source failed, naming it; returns the exit code.
int FailCall(const absl::Status& status, const Source& source, const Output& output);

// The exit code of a call that has failed so.
int ExitCodeOf(const absl::Status& status);

// Writes a message as JSON, with the end of a line. Returns the exit code: kExitOk,
// or that of the failure, of which it complains, to write the message.
int WriteJson(const google::protobuf::Message& message, JsonStyle style, const Source& source,
              const Output& output);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_COMMAND_PARTS_H_
