// portregd: serves the port-number registry.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/standard_descriptors.h"
#include "google/protobuf/stubs/logging.h"
#include "server/daemon/flags.h"
#include "server/daemon/portregd.h"
#include "server/process/grpc_log.h"
#include "server/process/log.h"
#include "server/process/process_limits.h"
#include "server/reload/registry_files.h"

// Read by jemalloc, where that is linked. It gives memory back only while the
// program asks for some, unless a thread of its own does: a server that is idle
// after a flood would keep all of it. One such thread: where none can be had,
// jemalloc would try further ones without end, and write a line for each.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

namespace {

namespace server = portreg::server;

// Before gRPC opens its first descriptor, which is before main().
__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeAll)() = &portreg::SecureStandardDescriptors;

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "portregd: %s\n", std::string(status.message()));
  return EXIT_FAILURE;
}

// Fail(), where the log has begun: what it says comes first, and who reads JSON
// finds a line of it.
int CannotStart(server::LogFormat format, const absl::Status& status) {
  if (format == server::LogFormat::kJson) {
    server::Log(server::Severity::kError, "cannot start",
                {{"error", std::string(status.message())}});
  }
  server::FlushLog();
  return format == server::LogFormat::kJson ? EXIT_FAILURE : Fail(status);
}

int Check(const server::DataOptions& options) {
  const absl::StatusOr<std::shared_ptr<const server::Snapshot>> snapshot =
      server::LoadSnapshot(options);
  if (!snapshot.ok()) return Fail(snapshot.status());
  const server::CheckReport report = server::Report((*snapshot)->registry);
  std::fputs(report.text.c_str(), stdout);
  if (std::fflush(stdout) != 0) return Fail(absl::DataLossError("cannot write the report"));
  if (report.passed) return EXIT_SUCCESS;
  return Fail(absl::FailedPreconditionError("check failed: collisions within the local layer"));
}

// Reloads upon SIGHUP until another signal comes, and returns that one.
int ServeUntilSignal(const sigset_t& signals, server::Portregd& portregd) {
  while (true) {
    int received = 0;
    if (sigwait(&signals, &received) != 0) continue;
    if (received != SIGHUP) return received;
    portregd.ReloadSoon();
  }
}

// Gives those who balance load the time to notice, unless nobody is connected
// or someone is in a hurry.
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
  // Blocked in every thread, so that no work is done within a handler.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A log that may not grow is no reason to end.
  std::signal(SIGXFSZ, SIG_IGN);
  // Debian's Abseil looks for deadlocks whenever a lock is taken, and gRPC takes
  // many: a twentieth of what a call costs.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Protobuf would log texts of strangers; the answer to them says it all.
  google::protobuf::SetLogHandler(nullptr);
  server::TameGrpcLog();

  const absl::StatusOr<server::Command> command = server::ReadCommand(argc, argv);
  if (!command.ok()) return Fail(command.status());
  if (command->help) {
    std::fputs(server::HelpText().c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (command->check) return Check(command->portregd.data);
  server::SetLogFormat(command->log_format);
  if (!command->unknown_variables.empty()) {
    server::Log(server::Severity::kWarning, "variables that stand for no flag",
                {{"ignored", absl::StrJoin(command->unknown_variables, " ")}});
  }
  for (const absl::Status& status : {server::CheckAddressSpace(), server::RaiseDescriptorLimit()}) {
    if (!status.ok()) return CannotStart(command->log_format, status);
  }

  const absl::StatusOr<std::unique_ptr<server::Portregd>> portregd =
      server::Portregd::Start(command->portregd);
  if (!portregd.ok()) return CannotStart(command->log_format, portregd.status());
  for (const std::string& line : (*portregd)->Announcements()) absl::PrintF("%s\n", line);
  std::fflush(stdout);
  (*portregd)->TellReady();

  const int signal = ServeUntilSignal(signals, **portregd);
  server::Log(server::Severity::kInfo, "draining", {{"signal", std::string(strsignal(signal))}});
  (*portregd)->Drain();
  if (signal == SIGTERM) AwaitDrained(signals, **portregd, command->drain_delay);
  (*portregd)->Shutdown(command->drain_grace);
  server::Log(server::Severity::kInfo, "stopped");
  server::FlushLog();
  // All is over and written. What is left, gRPC's own end, waits for threads of
  // its own: seven seconds on a machine of many processors.
  std::_Exit(EXIT_SUCCESS);
}
