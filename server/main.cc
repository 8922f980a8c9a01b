// portregd: serves the port-number registry.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/registry.h"
#include "google/protobuf/stubs/logging.h"
#include "server/data.h"
#include "server/flags.h"
#include "server/grpc_log.h"
#include "server/publication.h"
#include "server/server.h"

namespace {

// How long calls under way may take to end after SIGTERM.
constexpr absl::Duration kGrace = absl::Seconds(5);

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "portregd: %s\n", std::string(status.message()));
  return EXIT_FAILURE;
}

int Check(const portreg::Registry& registry) {
  const portreg::CheckReport report = portreg::Report(registry);
  std::fputs(report.text.c_str(), stdout);
  if (std::fflush(stdout) != 0) return Fail(absl::DataLossError("cannot write the report"));
  if (report.passed) return EXIT_SUCCESS;
  return Fail(absl::FailedPreconditionError("check failed: collisions within the local layer"));
}

// Waits for one of the signals that end the server. They are blocked in every
// thread, so that no work is done within a handler.
void WaitForSignal(const sigset_t& signals) {
  int received;
  while (sigwait(&signals, &received) != 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // Debian's Abseil looks for deadlocks whenever a lock is taken, and gRPC takes
  // many: a twentieth of what a call costs.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Protobuf would log texts of strangers; the answer to them says it all.
  google::protobuf::SetLogHandler(nullptr);
  portreg::TameGrpcLog();

  const absl::StatusOr<portreg::Command> command = portreg::ReadCommand(argc, argv);
  if (!command.ok()) return Fail(command.status());
  if (command->help) {
    std::fputs(portreg::HelpText().c_str(), stdout);
    return EXIT_SUCCESS;
  }
  absl::StatusOr<portreg::Registry> registry = portreg::LoadRegistry(command->data);
  if (!registry.ok()) return Fail(registry.status());
  if (command->check) return Check(*registry);

  const portreg::Publication publication(*std::move(registry));
  const absl::StatusOr<std::unique_ptr<portreg::Server>> server =
      portreg::Server::Start(command->server, publication);
  if (!server.ok()) return Fail(server.status());
  for (const std::string& address : (*server)->addresses()) absl::PrintF("READY %s\n", address);
  std::fflush(stdout);

  WaitForSignal(signals);
  (*server)->Shutdown(kGrace);
  return EXIT_SUCCESS;
}
