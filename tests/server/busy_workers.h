// Keeps the workers of a server busy, so that further jobs wait.
#ifndef PORTREG_TESTS_SERVER_BUSY_WORKERS_H_
#define PORTREG_TESTS_SERVER_BUSY_WORKERS_H_

#include <latch>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Occupies each worker of a pool until the object is destroyed or released. The
// pool must outlive the object.
class BusyWorkers {
 public:
  explicit BusyWorkers(WorkerPool& pool) : go_on_(1), over_(pool.options().threads) {
    for (int i = 0; i < pool.options().threads; ++i) {
      jobs_.push_back(std::make_unique<Job>(*this));
      pool.Submit(static_cast<FlowId>(i), *jobs_.back());
      jobs_.back()->begun.wait();
    }
  }
  ~BusyWorkers() { Release(); }

  void Release() {
    if (released_) return;
    released_ = true;
    go_on_.count_down();
    over_.wait();
  }

 private:
  struct Job final : WorkerPool::Job {
    explicit Job(BusyWorkers& owner) : all(owner) {}
    void Run() override {
      begun.count_down();
      all.go_on_.wait();
      all.over_.count_down();
    }
    void Refuse(WorkerPool::Refusal /*why*/) override {
      begun.count_down();
      all.over_.count_down();
    }

    BusyWorkers& all;
    std::latch begun{1};
  };

  bool released_ = false;
  std::latch go_on_;
  std::latch over_;
  std::vector<std::unique_ptr<Job>> jobs_;
};

// Waits until exactly `count` jobs wait in the pool. Returns false after ten seconds.
inline bool AwaitWaiting(const WorkerPool& pool, size_t count) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (pool.waiting() != count && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
  return pool.waiting() == count;
}

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_BUSY_WORKERS_H_
