// Runs portreg, the command-line tool that says what a port number is used for.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/cli/base/invocation.h"
#include "client/cli/base/resources.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/commands.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"
#include "client/cli/flags/flags.h"
#include "client/cli/flags/help.h"
#include "client/cli/sources/embedded_names.h"
#include "client/cli/sources/embedded_source.h"
#include "client/cli/sources/remote_source.h"
#include "client/cli/sources/source.h"
#include "common/system/standard_descriptors.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"

// Configures jemalloc, if it is linked. Transparent huge pages save a tenth of the run
// time without a server, because fewer pages are touched. The process ends before it
// could return memory.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}

namespace {

// Runs before main(), because gRPC opens its first descriptor before main().
__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeAll)() = &portreg::SecureStandardDescriptors;

using portreg::cli::Invocation;
using portreg::cli::Output;
using portreg::cli::Source;
using portreg::cli::Verb;

absl::StatusOr<std::unique_ptr<Source>> MakeSource(const Invocation& invocation) {
  if (invocation.offline) return portreg::cli::MakeEmbeddedSource();
  if (absl::Status status = portreg::cli::CheckResources(); !status.ok()) return status;
  return portreg::cli::MakeRemoteSource(invocation.client, invocation.call);
}

// Returns the output of --help, of --version, or for a shell's completion, which needs no
// source.
std::string AboutItself(const Invocation& invocation) {
  if (invocation.verb == Verb::kComplete) {
    std::string lines;
    for (const std::string& word : invocation.keys) {
      for (const std::string& name : portreg::cli::NamesBeginningWith(word)) {
        absl::StrAppend(&lines, name, "\n");
      }
    }
    return lines;
  }
  if (invocation.verb == Verb::kVersion) return portreg::cli::VersionText();
  const Verb topic = invocation.help_topic.value_or(Verb::kHelp);
  return topic == Verb::kHelp ? portreg::cli::HelpText() : portreg::cli::HelpTextOf(topic);
}

// Ends the process with `exit_code`, or with kExitUsage if standard output cannot be
// written, as on a full disk. Skips exit handlers, because OpenSSL's would free data that
// a thread of gRPC may still use in a handshake.
[[noreturn]] void Close(int exit_code, const Output& output) {
  if (!output.out.Flush()) {
    const int error = portreg::cli::Printer::LastError();
    portreg::cli::Complain(absl::StrCat("standard output cannot be written", error == 0 ? "" : ": ",
                                        error == 0 ? "" : std::strerror(error)),
                           output);
    exit_code = portreg::cli::kExitUsage;
  }
  std::fflush(output.err);
  _exit(exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  // Restored even if it was ignored, so that the end of "| head" ends the tool without a
  // message.
  std::signal(SIGPIPE, SIG_DFL);
  // Ignored, so that a write beyond the file size limit fails like a write to a full
  // disk.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGINT, [](int) { _exit(portreg::cli::kExitInterrupted); });
  // Debian's Abseil searches for deadlocks at each lock, and gRPC takes many locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  portreg::cli::ReportExhaustion(
      portreg::cli::ExitCodeOf(absl::ResourceExhaustedError(absl::string_view())));
  // Silences the logs of gRPC and Protobuf, because the status of a call has the same
  // information.
  gpr_set_log_function([](gpr_log_func_args*) {});
  google::protobuf::SetLogHandler(nullptr);

  Output output{{}, portreg::cli::Printer(stdout), stderr};
  const absl::StatusOr<Invocation> invocation = portreg::cli::ReadInvocation(argc, argv);
  if (!invocation.ok()) return portreg::cli::FailUsage(invocation.status(), output);
  if (invocation->verb == Verb::kHelp || invocation->verb == Verb::kVersion ||
      invocation->verb == Verb::kComplete) {
    output.out.Put(AboutItself(*invocation));
    Close(portreg::cli::kExitOk, output);
  }
  output.terminal = portreg::cli::StandardOutput(invocation->color);
  output.out = portreg::cli::Printer(stdout, output.terminal.is_terminal);
  if (invocation->verb == Verb::kImport) {
    Close(portreg::cli::RunImport(*invocation, output), output);
  }
  const absl::StatusOr<std::unique_ptr<Source>> source = MakeSource(*invocation);
  if (!source.ok()) {
    const absl::Status status = portreg::cli::NamedByOrigin(source.status(), *invocation);
    if (!absl::IsResourceExhausted(status)) return portreg::cli::FailUsage(status, output);
    portreg::cli::Complain(status.message(), output);
    return portreg::cli::ExitCodeOf(status);
  }
  Close(portreg::cli::Run(*invocation, **source, output), output);
}
