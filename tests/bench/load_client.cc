// Asks a server as fast as it answers, or at a given rate. Checks each answer byte for
// byte. Prints one JSON object (see window.h).
//
//   load_client --target=127.0.0.1:6335 --workload=port --server_pid=PID
#include <sys/prctl.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "server/reload/registry_files.h"
#include "window.h"
#include "workload.h"

ABSL_FLAG(std::string, target, "", "the server, by gRPC's naming");
ABSL_FLAG(std::string, ca_file, "",
          "PEM file of the certificates that vouch for the server; empty: no TLS");
ABSL_FLAG(std::string, servers_local_file, "", "the server's --local_file, for the right answers");
ABSL_FLAG(std::string, workload, "port", "what to ask; see workload.h");
ABSL_FLAG(int, server_pid, 0, "the server's process, for its CPU time; 0: not measured");
ABSL_FLAG(int, connections, 1, "connections, which calls take by turns");
ABSL_FLAG(int, in_flight, 64, "calls under way at once, where no rate is given");
ABSL_FLAG(double, rate, 0,
          "calls begun a second, at random moments, whether or not others are over; latency counts "
          "from the moment a call was due. 0: a call begins when another is over");
ABSL_FLAG(absl::Duration, warm_up, absl::Milliseconds(100), "how long to go before counting");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(1), "how long to count");
ABSL_FLAG(uint64_t, calls, 0, "if not 0, count these many calls from the first one on");

namespace portreg::bench {
namespace {

constexpr std::chrono::seconds kPatience(20);
// Bounds the memory if the server cannot keep up with the rate. Calls beyond the bound
// begin late, and their latency shows it.
constexpr size_t kMostUnderWay = 4'096;

// A call under way. The object is used again for another call when the call has ended.
struct Call {
  size_t question = 0;
  // When the call began, or was due.
  Clock::time_point began;
  std::optional<grpc::ClientContext> context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

using Stubs = std::vector<std::unique_ptr<grpc::GenericStub>>;

std::shared_ptr<grpc::ChannelCredentials> Credentials(const std::string& ca_file) {
  if (ca_file.empty()) return grpc::InsecureChannelCredentials();
  std::ifstream file(ca_file);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
  return grpc::SslCredentials(options);
}

// Returns one stub for each connection; none if the server cannot be reached.
Stubs Connect(const std::string& target, const std::string& ca_file, int connections) {
  Stubs stubs;
  for (int i = 0; i < connections; ++i) {
    grpc::ChannelArguments arguments;
    // Channels to one address would otherwise share a connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(target, Credentials(ca_file), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + kPatience)) return {};
    stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
  return stubs;
}

// Puts a server under load.
class Load {
 public:
  Load(Workload workload, Stubs stubs, const Window::Limits& limits);

  // Keeps `in_flight` calls under way until the window is over.
  void KeepUp(int in_flight);

  // Begins `rate` calls a second until the window is over. Another thread receives the
  // answers.
  void Follow(double rate);

  [[nodiscard]] Window& window() { return window_; }

 private:
  void Begin(Call& call, Clock::time_point due);
  void End(Call& call);
  [[nodiscard]] bool MayBegin() const { return !window_.over() && begun_ < most_calls_; }

  Examiner examiner_;
  std::vector<grpc::ByteBuffer> requests_;
  const Stubs stubs_;
  grpc::CompletionQueue queue_;
  const uint64_t most_calls_;
  uint64_t begun_ = 0;
  uint64_t ended_ = 0;
  Window window_;
};

Load::Load(Workload workload, Stubs stubs, const Window::Limits& limits)
    : examiner_(std::move(workload)),
      stubs_(std::move(stubs)),
      most_calls_(limits.calls == 0 ? UINT64_MAX : limits.calls),
      window_(limits) {
  for (const Question& question : examiner_.workload().questions) {
    requests_.push_back(ToBuffer(question.request));
  }
}

void Load::Begin(Call& call, Clock::time_point due) {
  call.question = begun_ % requests_.size();
  call.began = due;
  call.context.emplace();
  call.reader = stubs_[begun_ % stubs_.size()]->PrepareUnaryCall(
      &*call.context, examiner_.workload().method, requests_[call.question], &queue_);
  call.reader->StartCall();
  call.reader->Finish(&call.reply, &call.status, &call);
  ++begun_;
}

void Load::End(Call& call) {
  const Clock::time_point now = Clock::now();
  ++ended_;
  const bool right = call.status.ok() && examiner_.Right(call.question, call.reply);
  if (!call.status.ok()) std::cerr << "call failed: " << call.status.error_message() << "\n";
  window_.Add(call.began, now, right);
}

void Load::KeepUp(int in_flight) {
  std::vector<Call> calls(in_flight);
  for (Call& call : calls) {
    if (MayBegin()) Begin(call, Clock::now());
  }
  void* tag = nullptr;
  bool ok = false;
  while (ended_ < begun_ && queue_.Next(&tag, &ok)) {
    Call& call = *static_cast<Call*>(tag);
    End(call);
    if (MayBegin()) Begin(call, Clock::now());
  }
}

void Load::Follow(double rate) {
  std::mt19937 random(3);
  std::exponential_distribution<double> pause(rate);
  const auto next_pause = [&] {
    return std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(pause(random)));
  };
  std::vector<Call> calls(kMostUnderWay);
  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by the mutex, like the ended calls and the window.
  std::vector<Call*> idle;
  for (Call& call : calls) idle.push_back(&call);
  std::thread taker([&] {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      const std::lock_guard lock(mutex);
      End(*static_cast<Call*>(tag));
      idle.push_back(static_cast<Call*>(tag));
      changed.notify_one();
    }
  });
  // The kernel would otherwise add up to 50 µs to each pause.
  prctl(PR_SET_TIMERSLACK, 1);
  Clock::time_point due = Clock::now();
  std::unique_lock lock(mutex);
  while (MayBegin()) {
    lock.unlock();
    std::this_thread::sleep_until(due);
    lock.lock();
    changed.wait(lock, [&idle] { return !idle.empty(); });
    Call& call = *idle.back();
    idle.pop_back();
    lock.unlock();
    Begin(call, due);
    due += next_pause();
    lock.lock();
  }
  changed.wait(lock, [this] { return ended_ == begun_; });
  lock.unlock();
  queue_.Shutdown();
  taker.join();
}

int Fail(const std::string& reason) {
  std::cerr << "load_client: " << reason << "\n";
  return EXIT_FAILURE;
}

int Run() {
  const absl::StatusOr<Registry> registry = server::LoadRegistry(
      {.iana_file = {}, .local_files = {absl::GetFlag(FLAGS_servers_local_file)}});
  if (!registry.ok()) return Fail(registry.status().ToString());
  absl::StatusOr<Workload> workload = MakeWorkload(absl::GetFlag(FLAGS_workload), *registry);
  if (!workload.ok()) return Fail(workload.status().ToString());
  Stubs stubs = Connect(absl::GetFlag(FLAGS_target), absl::GetFlag(FLAGS_ca_file),
                        absl::GetFlag(FLAGS_connections));
  if (stubs.empty()) return Fail("no connection to " + absl::GetFlag(FLAGS_target));

  Window::Limits limits;
  limits.server = absl::GetFlag(FLAGS_server_pid);
  limits.warm_up = absl::GetFlag(FLAGS_warm_up);
  limits.length = absl::GetFlag(FLAGS_duration);
  limits.calls = absl::GetFlag(FLAGS_calls);
  Load load(*std::move(workload), std::move(stubs), limits);
  if (absl::GetFlag(FLAGS_rate) > 0) {
    load.Follow(absl::GetFlag(FLAGS_rate));
  } else {
    load.KeepUp(absl::GetFlag(FLAGS_in_flight));
  }
  std::cout << load.window().ToJson() << "\n";
  return load.window().wrong() == 0 ? EXIT_SUCCESS : Fail("answers were wrong");
}

}  // namespace
}  // namespace portreg::bench

int main(int argc, char** argv) {
  // Makes calls cheaper for this client, so that it can send more of them.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::ParseCommandLine(argc, argv);
  return portreg::bench::Run();
}
