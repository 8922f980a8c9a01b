// portreg: tells what a port number is.
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/cli/base/flags.h"
#include "client/cli/base/help.h"
#include "client/cli/base/invocation.h"
#include "client/cli/base/resources.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/commands.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"
#include "client/cli/sources/embedded_source.h"
#include "client/cli/sources/remote_source.h"
#include "client/cli/sources/source.h"
#include "common/system/standard_descriptors.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"

// Read by jemalloc, where that is linked. The tool is over before it could give
// memory back, and touching it in small pages, one by one, is a tenth of the
// time that it takes without a server.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}

namespace {

// Before gRPC opens its first descriptor, which is before main().
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

// What --help and --version print.
std::string AboutItself(const Invocation& invocation) {
  if (invocation.verb == Verb::kVersion) return portreg::cli::VersionText();
  const Verb topic = invocation.help_topic.value_or(Verb::kHelp);
  return topic == Verb::kHelp ? portreg::cli::HelpText() : portreg::cli::HelpTextOf(topic);
}

// Ends the process. What was written may not have arrived: a full disk is no
// success. Exit handlers are passed over: a thread of gRPC's may still be in a
// handshake, and OpenSSL's would pull the ground from under it.
[[noreturn]] void Close(int exit_code, const Output& output) {
  errno = 0;
  if (!output.out.Flush()) {
    const char* const reason = errno == 0 ? "" : std::strerror(errno);
    portreg::cli::Complain(
        absl::StrCat("standard output cannot be written", *reason == '\0' ? "" : ": ", reason),
        output);
    exit_code = portreg::cli::kExitUsage;
  }
  std::fflush(output.err);
  _exit(exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  // Even where it was ignored: the end of "| head" ends the tool quietly.
  std::signal(SIGPIPE, SIG_DFL);
  // A file that may not grow is reported as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGINT, [](int) { _exit(portreg::cli::kExitInterrupted); });
  // Debian's Abseil looks for deadlocks whenever a lock is taken, and gRPC takes
  // many.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  portreg::cli::ReportExhaustion(
      portreg::cli::ExitCodeOf(absl::ResourceExhaustedError(absl::string_view())));
  // A call's status says what gRPC and Protobuf would log.
  gpr_set_log_function([](gpr_log_func_args*) {});
  google::protobuf::SetLogHandler(nullptr);

  Output output{{}, portreg::cli::Printer(stdout), stderr};
  const absl::StatusOr<Invocation> invocation = portreg::cli::ReadInvocation(argc, argv);
  if (!invocation.ok()) return portreg::cli::FailUsage(invocation.status(), output);
  if (invocation->verb == Verb::kHelp || invocation->verb == Verb::kVersion) {
    output.out.Put(AboutItself(*invocation));
    Close(portreg::cli::kExitOk, output);
  }
  output.terminal = portreg::cli::StandardOutput(invocation->color);
  output.out = portreg::cli::Printer(stdout, output.terminal.is_terminal);
  const absl::StatusOr<std::unique_ptr<Source>> source = MakeSource(*invocation);
  if (!source.ok()) {
    const absl::Status status = portreg::cli::NamedByOrigin(source.status(), *invocation);
    if (!absl::IsResourceExhausted(status)) return portreg::cli::FailUsage(status, output);
    portreg::cli::Complain(status.message(), output);
    return portreg::cli::ExitCodeOf(status);
  }
  Close(portreg::cli::Run(*invocation, **source, output), output);
}
