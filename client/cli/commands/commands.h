// Runs the tool's commands, which ask a source and write its answer.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_COMMANDS_H_
#define PORTREG_CLIENT_CLI_COMMANDS_COMMANDS_H_

#include <cstdio>

#include "client/cli/base/invocation.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"
#include "client/cli/sources/source.h"

namespace portreg::cli {

// Exit codes. That of a gRPC error is kExitGrpc plus its code.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 1;
// No record has a key, there are too few ports to suggest, or an audit cannot read a
// line.
inline constexpr int kExitNotFound = 2;
// The answer would harm its reader and is not written, or an import left rows out. For an
// audit: the local table does not allow what was found. For a check: there are errors.
inline constexpr int kExitRefused = 3;
// Two tables differ.
inline constexpr int kExitDifferent = 3;
inline constexpr int kExitGrpc = 64;
inline constexpr int kExitInterrupted = 130;

// The streams that a command writes to: answers to `out`, messages to `err`.
struct Output {
  Terminal terminal;
  Printer out;
  std::FILE* err;
};

// Runs any command that asks a source. Returns the exit code.
int Run(const Invocation& invocation, Source& source, const Output& output);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_COMMANDS_H_
