// What the commands have in common.
#ifndef PORTREG_CLIENT_CLI_COMMAND_PARTS_H_
#define PORTREG_CLIENT_CLI_COMMAND_PARTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/commands.h"
#include "client/cli/flags.h"
#include "client/cli/source.h"
#include "common/query.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// One for each command; each returns the exit code.
int RunLookup(const Invocation& invocation, Source& source, const Output& output);
int RunClassify(const Invocation& invocation, Source& source, const Output& output);
int RunList(const Invocation& invocation, Source& source, const Output& output);
int RunInfo(const Invocation& invocation, Source& source, const Output& output);

// Reads keys and lists of keys. INVALID_ARGUMENT, naming it, for an unusable
// one, and if there is none.
absl::StatusOr<std::vector<Query>> ReadQueries(const std::vector<std::string>& keys);

// Writes a line to standard error; what could write over the screen is escaped.
void Complain(absl::string_view line, const Output& output);

// Complains of the command line; returns kExitUsage.
int FailUsage(const absl::Status& status, const Output& output);

// Complains that the source failed, naming it; returns the exit code.
int FailCall(const absl::Status& status, const Source& source, const Output& output);

// Writes a message as indented JSON. Any details of failures are left out,
// since their types are not known here.
void WriteJson(v1::BatchLookupResponse message, const Output& output);
void WriteJson(const google::protobuf::Message& message, const Output& output);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMAND_PARTS_H_
