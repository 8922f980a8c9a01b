// Keeps asynchronous lookups of portreg::Client under way, as the threads of a program
// that shares one client do. Prints one JSON object (see window.h).
//
//   lookup_client --target=127.0.0.1:6335 --coalesce --server_pid=PID
//
// Checks the size of each answer, and every 16th answer in full.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "portreg/client.h"
#include "server/reload/registry_files.h"
#include "window.h"
#include "workload.h"

ABSL_FLAG(std::string, target, "", "the server, by gRPC's naming");
ABSL_FLAG(bool, coalesce, false, "whether the client gathers lookups into batches");
ABSL_FLAG(int, in_flight, 64, "lookups under way at once");
ABSL_FLAG(int, server_pid, 0, "the server's process, for its CPU time; 0: not measured");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(1), "how long to count");

namespace portreg::bench {
namespace {

constexpr uint64_t kCheckedInFull = 16;

struct Lookup {
  v1::LookupRequest request;
  std::string answer;
};

std::vector<Lookup> MakeLookups(const Registry& registry) {
  const Workload workload = MakeWorkload("port", registry).value();
  std::vector<Lookup> lookups;
  for (const Question& question : workload.questions) {
    lookups.push_back({{}, question.answer});
    lookups.back().request.ParseFromString(question.request);
  }
  return lookups;
}

// Begins a lookup whenever another one ends. Its callbacks run on gRPC's threads.
class Callers {
 public:
  Callers(const Client& client, std::vector<Lookup> lookups, const Window::Limits& limits)
      : client_(client), lookups_(std::move(lookups)), window_(limits) {}

  // Returns when the window and all lookups have ended.
  void KeepUp(uint64_t in_flight) {
    under_way_ = newest_ = in_flight;
    for (uint64_t i = 0; i < in_flight; ++i) Begin(i);
    over_.WaitForNotification();
  }

  // Requires that KeepUp has returned.
  [[nodiscard]] Window& window() { return window_; }

 private:
  void Begin(uint64_t number) {
    client_.LookupAsync(
        lookups_[number % lookups_.size()].request,
        [this, number, began = Clock::now()](const absl::StatusOr<v1::LookupResponse>& answer) {
          End(number, began, answer);
        });
  }

  void End(uint64_t number, Clock::time_point began,
           const absl::StatusOr<v1::LookupResponse>& answer) {
    const bool right = answer.ok() && Right(number, *answer);
    bool last = false;
    uint64_t next = 0;
    {
      const std::lock_guard lock(mutex_);
      window_.Add(began, Clock::now(), right);
      if (window_.over()) {
        last = --under_way_ == 0;
      } else {
        next = ++newest_;
      }
    }
    if (last) over_.Notify();
    if (next != 0) Begin(next);
  }

  [[nodiscard]] bool Right(uint64_t number, const v1::LookupResponse& answer) const {
    const std::string& expected = lookups_[number % lookups_.size()].answer;
    if (answer.ByteSizeLong() != expected.size()) return false;
    return number % kCheckedInFull != 0 || answer.SerializeAsString() == expected;
  }

  const Client& client_;
  const std::vector<Lookup> lookups_;
  absl::Notification over_;
  std::mutex mutex_;
  // Guarded by the mutex.
  Window window_;
  uint64_t under_way_ = 0;
  uint64_t newest_ = 0;
};

int Fail(const std::string& reason) {
  std::cerr << "lookup_client: " << reason << "\n";
  return EXIT_FAILURE;
}

int Run() {
  const absl::StatusOr<Registry> registry = server::LoadRegistry({});
  if (!registry.ok()) return Fail(registry.status().ToString());
  ClientOptions options;
  options.target = absl::GetFlag(FLAGS_target);
  options.coalesce_lookups = absl::GetFlag(FLAGS_coalesce);
  const absl::StatusOr<std::unique_ptr<Client>> client = Client::Create(options);
  if (!client.ok()) return Fail(client.status().ToString());
  if (!(*client)->LookupPort(443).ok()) return Fail("no answer from " + options.target);

  Window::Limits limits;
  limits.server = absl::GetFlag(FLAGS_server_pid);
  limits.length = absl::GetFlag(FLAGS_duration);
  Callers callers(**client, MakeLookups(*registry), limits);
  callers.KeepUp(static_cast<uint64_t>(absl::GetFlag(FLAGS_in_flight)));
  std::cout << callers.window().ToJson() << "\n";
  return callers.window().wrong() == 0 ? EXIT_SUCCESS : Fail("answers were wrong");
}

}  // namespace
}  // namespace portreg::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portreg::bench::Run();
}
