// Runs dear work on threads of its own.
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

// A few threads that do what takes long, so that the threads of gRPC need not,
// and the queue of what waits for them. Knows nothing of gRPC.
//
//   class Answer final : public WorkerPool::Job { ... };
//   pool.Submit(connection, *answer);     // answer->Run() on a worker, soon
//   pool.Withdraw(*answer);               // or not at all
//
// Thread-safe.
class WorkerPool {
 public:
  struct Options {
    // Default: half of the processors that the process may use, at least one.
    int threads = DefaultThreads();
    // Jobs that may wait at once. Default: 5,000.
    size_t max_waiting = 5'000;
    // By how much the threads' priority is lower than the process's, as nice(1)
    // counts: other threads that want to run need not wait for a job. Default: 10.
    int niceness = 10;
  };

  enum class Refusal { kFull, kStopped };

  // A job that was submitted is run once, or refused once, unless it is
  // withdrawn. It may end its own life in either.
  class Job : public FairQueue::Item {
   public:
    // Called on a worker.
    virtual void Run() = 0;
    // Called on the thread that submits this job or another, or that stops the
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

  // Lets `job` wait for a worker. Refuses it, or one of a flow that has more of
  // them waiting, if too many wait.
  void Submit(FlowId flow, Job& job);

  // Takes `job` back. Returns false if it does not wait: it is being run or
  // refused.
  [[nodiscard]] bool Withdraw(Job& job);

  // Refuses the jobs that wait, and those that are submitted later. Jobs that
  // are being run go on.
  void Stop();

  // Jobs that wait now.
  [[nodiscard]] size_t waiting() const;
  // Jobs refused because too many waited.
  [[nodiscard]] uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // How long jobs waited that were then run.
  [[nodiscard]] const DurationHistogram& waits() const { return waits_; }
  [[nodiscard]] const Options& options() const { return options_; }

  // Half of the processors that the process may use, 1 to 8.
  static int DefaultThreads();

 private:
  // The body of a worker.
  void Work();
  // The next job; none when the pool is about to be destroyed.
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
