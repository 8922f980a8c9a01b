// portregd: serves the port-number registry.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/standard_descriptors.h"
#include "common/text/quote.h"
#include "google/protobuf/stubs/logging.h"
#include "server/daemon/flags.h"
#include "server/daemon/portregd.h"
#include "server/process/grpc_log.h"
#include "server/process/log.h"
#include "server/process/process_limits.h"
#include "server/reload/registry_files.h"

// Options that jemalloc reads if it is linked. Without a background thread, jemalloc
// returns memory only while the program allocates, so that a server that is idle after a
// flood would keep all of it. At most one thread, because jemalloc would otherwise try
// for ever to start more when the system has none, and write a line for each attempt.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

namespace {

namespace server = portreg::server;

// Runs before gRPC opens its first descriptor, which it does before main().
__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeAll)() = &portreg::SecureStandardDescriptors;

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "portregd: %s\n", std::string(status.message()));
  return EXIT_FAILURE;
}

// Reports a failed start once the log is in use: writes the log's lines first. Reports
// the error as a line of the log if that is in JSON, otherwise as Fail does.
int CannotStart(server::LogFormat format, const absl::Status& status) {
  if (format == server::LogFormat::kJson) {
    server::Log(server::Severity::kError, "cannot start",
                {{"error", std::string(status.message())}});
  }
  server::FlushLog();
  return format == server::LogFormat::kJson ? EXIT_FAILURE : Fail(status);
}

// Returns false if the program was started with standard output closed, so that nobody reads it.
// SecureStandardDescriptors has opened it for reading only.
bool HasOutput() {
  const int flags = fcntl(STDOUT_FILENO, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

// Writes to standard output. `what` names the text in an error.
absl::Status Print(absl::string_view text, absl::string_view what) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("cannot write ", what, " to standard output: ", std::strerror(errno)));
}

int PrintOnly(absl::string_view text, absl::string_view what) {
  const absl::Status status = Print(text, what);
  return status.ok() ? EXIT_SUCCESS : Fail(status);
}

int Check(const server::DataOptions& options) {
  const absl::StatusOr<std::shared_ptr<const server::Snapshot>> snapshot =
      server::LoadSnapshot(options);
  if (!snapshot.ok()) return Fail(snapshot.status());
  const server::CheckReport report = server::Report((*snapshot)->registry);
  if (absl::Status status = Print(report.text, "the report"); !status.ok()) return Fail(status);
  if (report.passed) return EXIT_SUCCESS;
  return Fail(absl::FailedPreconditionError("check failed: collisions within the local layer"));
}

// Reloads on each SIGHUP. Returns the first other signal.
int ServeUntilSignal(const sigset_t& signals, server::Portregd& portregd) {
  while (true) {
    int received = 0;
    if (sigwait(&signals, &received) != 0) continue;
    if (received != SIGHUP) return received;
    portregd.ReloadSoon();
  }
}

// Waits for `delay`, so that load balancers notice that the server drains. Returns early
// if no client is connected, or on another SIGTERM or SIGINT.
void AwaitDrained(const sigset_t& signals, server::Portregd& portregd, absl::Duration delay) {
  const portreg::MonotonicTime end = portreg::MonotonicTime::Now() + delay;
  const timespec look = {.tv_sec = 0, .tv_nsec = 50'000'000};
  while (portreg::MonotonicTime::Now() < end && portregd.connected()) {
    const int received = sigtimedwait(&signals, nullptr, &look);
    if (received == SIGTERM || received == SIGINT) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  server::ReportLackOfThreadsAndMemory();
  // Blocks the signals in every thread; ServeUntilSignal waits for them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // Continues when the file of the log may not grow (RLIMIT_FSIZE).
  std::signal(SIGXFSZ, SIG_IGN);
  // Debian's Abseil looks for deadlocks whenever a lock is taken. gRPC takes many locks,
  // so that this would cost a twentieth of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Protobuf would log texts from clients. Their answers contain the errors already.
  google::protobuf::SetLogHandler(nullptr);
  server::TameGrpcLog();

  const absl::StatusOr<server::Command> command = server::ReadCommand(argc, argv);
  if (!command.ok()) return Fail(command.status());
  if (command->help) return PrintOnly(server::HelpText(), "the help");
  if (command->version) return PrintOnly(server::VersionText(), "the version");
  if (command->check) {
    for (const std::string& variable : command->unknown_variables) {
      absl::FPrintF(stderr, "portregd: variable %s sets no flag, see --help\n",
                    portreg::Quoted(variable));
    }
    return Check(command->portregd.data);
  }
  server::SetLogFormat(command->log_format);
  if (!command->unknown_variables.empty()) {
    server::Log(server::Severity::kWarning, "variables that set no flag",
                {{"ignored", absl::StrJoin(command->unknown_variables, " ")}});
  }
  for (const absl::Status& status : {server::CheckAddressSpace(), server::RaiseDescriptorLimit()}) {
    if (!status.ok()) return CannotStart(command->log_format, status);
  }

  const absl::StatusOr<std::unique_ptr<server::Portregd>> portregd =
      server::Portregd::Start(command->portregd);
  if (!portregd.ok()) return CannotStart(command->log_format, portregd.status());
  // Nobody could learn a port that the system has chosen, if the lines were lost.
  const std::string lines = absl::StrCat(absl::StrJoin((*portregd)->Announcements(), "\n"), "\n");
  const absl::Status announced = HasOutput() ? Print(lines, "the addresses") : absl::OkStatus();
  if (!announced.ok()) {
    (*portregd)->Shutdown(absl::ZeroDuration());
    return CannotStart(command->log_format, announced);
  }
  (*portregd)->TellReady();

  const int signal = ServeUntilSignal(signals, **portregd);
  server::Log(server::Severity::kInfo, "draining", {{"signal", std::string(strsignal(signal))}});
  (*portregd)->Drain();
  if (signal == SIGTERM) AwaitDrained(signals, **portregd, command->drain_delay);
  (*portregd)->Shutdown(command->drain_grace);
  server::Log(server::Severity::kInfo, "stopped");
  server::FlushLog();
  // Skips the end of gRPC, which waits up to seven seconds for its threads on a machine
  // with many processors. Everything is over and written.
  std::_Exit(EXIT_SUCCESS);
}
