// Admits, counts and bounds the calls under way.
#ifndef PORTREG_SERVER_SERVICE_CALLS_H_
#define PORTREG_SERVER_SERVICE_CALLS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpc/grpc.h"
#include "grpcpp/grpcpp.h"
#include "server/service/call_stats.h"
#include "server/service/method.h"
#include "server/service/open_streams.h"
#include "server/service/service_options.h"
#include "server/service/unread_bytes.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Keeps gRPC initialised for as long as the object exists.
class GrpcInUse {
 public:
  GrpcInUse() { grpc_init(); }
  ~GrpcInUse() { grpc_shutdown(); }

  GrpcInUse(const GrpcInUse&) = delete;
  GrpcInUse& operator=(const GrpcInUse&) = delete;
};

// Decides which calls may begin, and holds the counts, streams and workers that
// all calls share. Thread-safe.
class Calls {
 public:
  explicit Calls(ServiceOptions options)
      : options_(std::move(options)),
        unread_(options_.max_unread_bytes),
        workers_({.max_waiting = static_cast<size_t>(options_.max_queued_calls)}) {}

  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  // Decides whether a call that has begun may go on. Otherwise returns the status
  // for its client: RESOURCE_EXHAUSTED if its metadata is too large, or, with
  // reason SERVER_BUSY, if too many calls are under way; UNAVAILABLE with reason
  // SERVER_STOPPING after Stop; or the status that ServiceOptions::admit returns.
  [[nodiscard]] absl::Status Admit(const grpc::CallbackServerContext& context);
  // Like Admit, for a call at the web door, but does not use ServiceOptions::admit.
  [[nodiscard]] absl::Status AdmitWithin(size_t metadata_bytes);

  // Returns the status for the client of a call that `workers()` refused:
  // RESOURCE_EXHAUSTED with reason SERVER_BUSY, or UNAVAILABLE with reason
  // SERVER_STOPPING.
  [[nodiscard]] absl::Status StatusOf(WorkerPool::Refusal refusal) const;

  // Refuses all further calls, and ends the streams and the calls that wait for a
  // worker. All get UNAVAILABLE.
  void Stop();

  // Wait for at most `longest` until no call, or no call by gRPC, is under way. Return false if
  // calls are still under way then.
  [[nodiscard]] bool AwaitNone(absl::Duration longest) const;
  [[nodiscard]] bool AwaitNoneByGrpc(absl::Duration longest) const;

  [[nodiscard]] OpenStreams& streams() { return streams_; }
  [[nodiscard]] const ServiceOptions& options() const { return options_; }
  // The threads that answer calls which may take long.
  [[nodiscard]] WorkerPool& workers() { return workers_; }
  [[nodiscard]] const WorkerPool& workers() const { return workers_; }
  [[nodiscard]] UnreadBytes& unread() { return unread_; }
  [[nodiscard]] const UnreadBytes& unread() const { return unread_; }
  [[nodiscard]] CallStats& stats() { return stats_; }
  [[nodiscard]] const CallStats& stats() const { return stats_; }
  [[nodiscard]] int64_t in_flight() const {
    return by_grpc_.load(std::memory_order_relaxed) + by_web_.load(std::memory_order_relaxed);
  }
  // Calls refused because too many were under way.
  [[nodiscard]] uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  friend class Call;
  friend class WebCallUnderWay;

  const ServiceOptions options_;
  CallStats stats_;
  UnreadBytes unread_;
  // Calls under way.
  std::atomic<int64_t> by_grpc_ = 0;
  std::atomic<int64_t> by_web_ = 0;
  std::atomic<uint64_t> refused_ = 0;
  std::atomic<bool> stopping_ = false;
  OpenStreams streams_;
  // Needed because a worker may still be inside gRPC when the call that it ended
  // is over and the server is destroyed.
  const GrpcInUse grpc_in_use_;
  // Declared last, because its threads use the members above.
  WorkerPool workers_;
};

// Counts a call at the web door as under way, from its construction to its destruction.
class WebCallUnderWay {
 public:
  explicit WebCallUnderWay(Calls& calls) : calls_(calls) {
    calls_.by_web_.fetch_add(1, std::memory_order_relaxed);
  }
  ~WebCallUnderWay() { calls_.by_web_.fetch_sub(1, std::memory_order_relaxed); }

  WebCallUnderWay(const WebCallUnderWay&) = delete;
  WebCallUnderWay& operator=(const WebCallUnderWay&) = delete;

 private:
  Calls& calls_;
};

// A call by gRPC. Counts as under way from its construction to its destruction.
class Call {
 public:
  Call(Calls& calls, Method method, grpc::CallbackServerContext& context)
      : calls_(calls),
        context_(context),
        method_(method),
        start_(std::chrono::steady_clock::now()) {
    stats().started.fetch_add(1, std::memory_order_relaxed);
    calls_.by_grpc_.fetch_add(1, std::memory_order_relaxed);
  }
  ~Call() { calls_.by_grpc_.fetch_sub(1, std::memory_order_relaxed); }

  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] absl::Status Admit() { return calls_.Admit(context_); }

  // Counts the call's status and duration. Call it once, when the status is known.
  void Handled(grpc::StatusCode code) {
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start_;
    MethodStats& counted = stats();
    counted.handled[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
    counted.handling.Observe(taken.count());
    CallObserver* const observer = calls_.options_.observer;
    if (observer != nullptr) observer->OnHandled(context_, method_, code, taken);
  }

  // Counts a message that a stream sends.
  void Sent() { stats().stream_messages.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] Calls& calls() const { return calls_; }
  [[nodiscard]] grpc::CallbackServerContext& context() const { return context_; }

 private:
  [[nodiscard]] MethodStats& stats() const { return calls_.stats_.of(method_); }

  Calls& calls_;
  grpc::CallbackServerContext& context_;
  const Method method_;
  const std::chrono::steady_clock::time_point start_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_CALLS_H_
