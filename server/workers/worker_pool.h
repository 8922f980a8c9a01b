// Runs costly jobs on separate threads.
#ifndef PORTREG_SERVER_WORKERS_WORKER_POOL_H_
#define PORTREG_SERVER_WORKERS_WORKER_POOL_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/system/histogram.h"
#include "common/system/mutex.h"
#include "server/workers/fair_queue.h"

namespace portreg::server {

// Runs jobs that would take gRPC's threads too long on a few threads of its own, and
// holds the queue of jobs that wait. Does not depend on gRPC.
//
//   class Answer final : public WorkerPool::Job { ... };
//   pool.Submit(connection, *answer);     // a worker calls answer->Run(), ...
//   pool.Withdraw(*answer);               // ... unless it is withdrawn before
//
// Thread-safe.
class WorkerPool {
 public:
  struct Options {
    // Default: half of the processors that the process may use, at least one.
    int threads = DefaultThreads();
    // Jobs that may wait at once. Default: 5,000.
    size_t max_waiting = 5'000;
    // Added to the threads' nice value, so that jobs do not delay other threads.
    // Default: 10.
    int niceness = 10;
  };

  enum class Refusal { kFull, kStopped };

  // After Submit, exactly one of Run and Refuse is called, once, unless the job is
  // withdrawn. Both may destroy the job.
  class Job : public FairQueue::Item {
   public:
    // Called on a worker.
    virtual void Run() = 0;
    // Called on the thread that submits this job or another one, or that stops the
    // pool. Must be quick.
    virtual void Refuse(Refusal why) = 0;

   protected:
    ~Job() = default;

   private:
    friend class WorkerPool;

    std::chrono::steady_clock::time_point submitted_;
  };

  explicit WorkerPool(const Options& options);
  // Stops, and waits until no job is being run.
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Adds `job` to the queue. If the queue is full, refuses the newest job of the flow
  // with the most jobs waiting, which may be `job` itself.
  void Submit(FlowId flow, Job& job);

  // Removes `job` from the queue. Returns false if it does not wait there, because it
  // is being run or refused.
  [[nodiscard]] bool Withdraw(Job& job);

  // Refuses the jobs that wait, and those that are submitted later. Jobs that
  // are being run go on.
  void Stop();

  // Jobs that wait now.
  [[nodiscard]] size_t waiting() const;
  // Jobs refused because too many waited.
  [[nodiscard]] uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // How long the jobs that were run had waited.
  [[nodiscard]] const DurationHistogram& waits() const { return waits_; }
  [[nodiscard]] const Options& options() const { return options_; }

  // Half of the processors that the process may use, 1 to 8.
  static int DefaultThreads();

 private:
  // Runs jobs until the pool is destroyed. Each worker calls it.
  void Work();
  // Waits for the next job. Returns nullopt when the pool is about to be destroyed.
  std::optional<FairQueue::Turn> Next();
  void Charge(const FairQueue::Turn& turn, FairQueue::Cost cost);

  const Options options_;
  DurationHistogram waits_{kDurationBounds};
  std::atomic<uint64_t> refused_ = 0;
  mutable Mutex mutex_;
  ConditionVariable changed_;
  FairQueue queue_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WORKERS_WORKER_POOL_H_
