// Declares the commands and the functions that they share.
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

// The key or the file name that stands for standard input.
inline constexpr absl::string_view kStandardInput = "-";

// Each runs one command and returns its exit code.
int RunLookup(const Invocation& invocation, Source& source, const Output& output);
int RunClassify(const Invocation& invocation, Source& source, const Output& output);
int RunList(const Invocation& invocation, Source& source, const Output& output);
int RunListMap(const Invocation& invocation, Source& source, const Output& output);
int RunSearch(const Invocation& invocation, Source& source, const Output& output);
int RunInfo(const Invocation& invocation, Source& source, const Output& output);
int RunExport(const Invocation& invocation, Source& source, const Output& output);
int RunExportPage(const Invocation& invocation, Source& source, const Output& output);
int RunWatch(const Invocation& invocation, Source& source, const Output& output);
int RunAudit(const Invocation& invocation, Source& source, const Output& output);
int RunCheck(const Invocation& invocation, Source& source, const Output& output);
int RunSuggest(const Invocation& invocation, Source& source, const Output& output);

// Runs the command that asks no source.
int RunImport(const Invocation& invocation, const Output& output);
int RunDiff(const Invocation& invocation, Source& source, const Output& output);

// Reads keys and lists of keys. INVALID_ARGUMENT, naming it, for an invalid key; also if
// `keys` is empty.
absl::StatusOr<std::vector<Query>> ReadQueries(const std::vector<std::string>& keys);

// Like ReadQueries(), but accepts ports and ranges only. The error names `command`.
absl::StatusOr<std::vector<Query>> ReadRanges(const std::vector<std::string>& keys,
                                              absl::string_view command);

// Returns the view of records that the chosen format needs.
v1::RecordView ViewOf(const Invocation& invocation);

// Returns true if the command line asks for records of the layer, or of the record's
// layer.
bool IncludesLayer(const Invocation& invocation, Layer layer);
bool IncludesLayerOf(const Invocation& invocation, const v1::PortRecord& record);

// Writes a record that answers a question about `ports` on `transport`. Format::kServices
// is about single ports, so its writer receives the record cut to the ports and the
// transport asked about.
void WriteAnswer(const Invocation& invocation, PortRange ports, Transport transport,
                 const v1::PortRecord& record, RecordWriter& writer);

// Finishes the writer and prints its remark to standard error. Returns the exit code:
// kExitOk, or that of the writer's failure, which it prints as well.
int Finish(const std::string& revision, const Source& source, RecordWriter& writer,
           const Output& output);

// Returns true if neither the writer nor the output has failed, so that more records can
// be written.
bool TakesMore(const RecordWriter& writer, const Output& output);

// Writes a line to standard error, and escapes control characters, because they could
// overwrite the screen. A very long line is cut.
void Complain(absl::string_view line, const Output& output);

// Prints an error of the command line. Returns kExitUsage.
int FailUsage(const absl::Status& status, const Output& output);

// Returns a line that says that the source failed, and names the source.
std::string CallFailure(const absl::Status& status, const Source& source);

// Prints that the source failed. Returns the exit code.
int FailCall(const absl::Status& status, const Source& source, const Output& output);

// Returns the exit code for the status of a failed call.
int ExitCodeOf(const absl::Status& status);

// Writes a message as JSON, followed by a line end. Returns the exit code: kExitOk, or
// that of a failed conversion, which it prints.
int WriteJson(const google::protobuf::Message& message, JsonStyle style, const Source& source,
              const Output& output);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_COMMAND_PARTS_H_
