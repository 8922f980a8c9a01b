// Uses no gRPC, so that ThreadSanitizer can check it.
#include "server/workers/worker_pool.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

using ::testing::UnorderedElementsAre;

// A job that counts how often it is run and refused.
class Noted : public WorkerPool::Job {
 public:
  explicit Noted(std::function<void()> work = [] {}) : work_(std::move(work)) {}
  virtual ~Noted() = default;

  void Run() override {
    work_();
    ++runs;
    over.count_down();
  }
  void Refuse(WorkerPool::Refusal why) override {
    reason = why;
    ++refusals;
    over.count_down();
  }

  std::atomic<int> runs = 0;
  std::atomic<int> refusals = 0;
  std::atomic<WorkerPool::Refusal> reason{};
  // Counted down when the job is run or refused.
  std::latch over{1};

 private:
  const std::function<void()> work_;
};

// A job that occupies a worker until it is released.
class Blocking final : public Noted {
 public:
  Blocking()
      : Noted([this] {
          begun.count_down();
          go_on.wait();
        }) {}

  std::latch begun{1};
  std::latch go_on{1};
};

// A pool of one worker, which is occupied.
class KeptPool {
 public:
  explicit KeptPool(size_t max_waiting)
      : pool_({.threads = 1, .max_waiting = max_waiting, .niceness = 0}) {
    pool_.Submit(0, blocking_);
    blocking_.begun.wait();
  }
  ~KeptPool() { Release(); }

  void Release() {
    if (!released_) blocking_.go_on.count_down();
    released_ = true;
  }

  WorkerPool& operator*() { return pool_; }
  WorkerPool* operator->() { return &pool_; }

 private:
  bool released_ = false;
  Blocking blocking_;
  WorkerPool pool_;
};

TEST(WorkerPoolTest, RunsWhatIsSubmitted) {
  std::vector<std::unique_ptr<Noted>> jobs;
  WorkerPool pool({.threads = 2});
  for (int i = 0; i < 100; ++i) {
    jobs.push_back(std::make_unique<Noted>());
    pool.Submit(i % 7, *jobs.back());
  }
  for (const auto& job : jobs) {
    job->over.wait();
    EXPECT_EQ(job->runs, 1);
    EXPECT_EQ(job->refusals, 0);
  }
  uint64_t waits = 0;
  for (size_t i = 0; i <= kDurationBounds.size(); ++i) waits += pool.waits().count(i);
  EXPECT_EQ(waits, 100);
  EXPECT_EQ(pool.refused(), 0);
}

TEST(WorkerPoolTest, FlowsTakeTurns) {
  std::vector<int> order;
  std::vector<std::unique_ptr<Noted>> jobs;
  KeptPool pool(100);
  const auto submit = [&](FlowId flow, int name) {
    jobs.push_back(std::make_unique<Noted>([&order, name] { order.push_back(name); }));
    pool->Submit(flow, *jobs.back());
  };
  submit(1, 10);
  submit(1, 11);
  submit(1, 12);
  submit(2, 20);
  EXPECT_EQ(pool->waiting(), 4);
  pool.Release();
  for (const auto& job : jobs) job->over.wait();
  // The first turn of each flow comes first. Measured costs decide the rest, and they
  // vary.
  ASSERT_EQ(order.size(), 4);
  EXPECT_THAT((std::vector<int>{order[0], order[1]}), UnorderedElementsAre(10, 20));
}

TEST(WorkerPoolTest, RefusesTheFlowThatHasMostWaiting) {
  Noted first;
  Noted second;
  Noted other;
  KeptPool pool(2);
  pool->Submit(1, first);
  pool->Submit(1, second);
  pool->Submit(2, other);
  EXPECT_EQ(second.refusals, 1);
  EXPECT_EQ(second.reason, WorkerPool::Refusal::kFull);
  EXPECT_EQ(pool->refused(), 1);
  EXPECT_EQ(pool->waiting(), 2);
  pool.Release();
  first.over.wait();
  other.over.wait();
  EXPECT_EQ(first.runs + other.runs, 2);
  EXPECT_EQ(second.runs, 0);
}

TEST(WorkerPoolTest, WithdrawnJobsAreNeitherRunNorRefused) {
  Noted withdrawn;
  Noted other;
  KeptPool pool(10);
  pool->Submit(1, withdrawn);
  pool->Submit(1, other);
  EXPECT_TRUE(pool->Withdraw(withdrawn));
  EXPECT_FALSE(pool->Withdraw(withdrawn));
  pool.Release();
  other.over.wait();
  EXPECT_EQ(withdrawn.runs + withdrawn.refusals, 0);
}

TEST(WorkerPoolTest, AJobThatIsBeingRunCannotBeWithdrawn) {
  Blocking job;
  WorkerPool pool({.threads = 1});
  pool.Submit(1, job);
  job.begun.wait();
  EXPECT_FALSE(pool.Withdraw(job));
  job.go_on.count_down();
  job.over.wait();
  EXPECT_EQ(job.runs, 1);
}

TEST(WorkerPoolTest, AStoppedPoolRefusesWhatWaitsAndWhatComes) {
  Noted waiting;
  Noted late;
  KeptPool pool(10);
  pool->Submit(1, waiting);
  pool->Stop();
  EXPECT_EQ(waiting.refusals, 1);
  EXPECT_EQ(waiting.reason, WorkerPool::Refusal::kStopped);
  pool->Submit(1, late);
  EXPECT_EQ(late.refusals, 1);
  EXPECT_EQ(late.reason, WorkerPool::Refusal::kStopped);
  EXPECT_EQ(pool->refused(), 0) << "these are not refused for want of room";
}

TEST(WorkerPoolTest, DestructionRefusesWhatWaitsAndAwaitsWhatRuns) {
  Blocking blocking;
  Noted waiting;
  auto pool = std::make_unique<WorkerPool>(WorkerPool::Options{.threads = 1});
  pool->Submit(1, blocking);
  blocking.begun.wait();
  pool->Submit(1, waiting);
  std::thread destroyer([&pool] { pool.reset(); });
  waiting.over.wait();
  EXPECT_EQ(waiting.refusals, 1);
  EXPECT_EQ(blocking.runs, 0);
  blocking.go_on.count_down();
  destroyer.join();
  EXPECT_EQ(blocking.runs, 1);
}

TEST(WorkerPoolTest, WorkersLeaveOtherThreadsThePrecedence) {
  int niceness = 0;
  Noted job([&niceness] { niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); });
  WorkerPool pool({.threads = 1, .niceness = 3});
  pool.Submit(1, job);
  job.over.wait();
  EXPECT_EQ(niceness, getpriority(PRIO_PROCESS, 0) + 3);
}

// Jobs that destroy themselves, as calls do.
class Counted final : public WorkerPool::Job {
 public:
  explicit Counted(std::atomic<int>& ended) : ended_(ended) {}
  void Run() override { End(); }
  void Refuse(WorkerPool::Refusal /*why*/) override { End(); }
  void End() {
    ++ended_;
    delete this;
  }

 private:
  std::atomic<int>& ended_;
};

TEST(WorkerPoolTest, EachJobEndsOnceWhoeverEndsIt) {
  constexpr int kThreads = 4;
  constexpr int kJobs = 500;
  std::atomic<int> ended = 0;
  {
    WorkerPool pool({.threads = 2, .max_waiting = 20});
    std::latch half(1);
    std::vector<std::thread> submitters;
    for (int i = 0; i < kThreads; ++i) {
      submitters.emplace_back([&, flow = static_cast<FlowId>(i)] {
        for (int job = 0; job < kJobs; ++job) {
          pool.Submit(flow, *new Counted(ended));
          if (flow == 0 && job == kJobs / 2) half.count_down();
        }
      });
    }
    half.wait();
    pool.Stop();
    for (std::thread& submitter : submitters) submitter.join();
  }
  EXPECT_EQ(ended, kThreads * kJobs);
}

TEST(WorkerPoolTest, WithdrawingAgainstRunning) {
  constexpr int kJobs = 2'000;
  int withdrawn = 0;
  std::vector<std::unique_ptr<Noted>> jobs;
  {
    WorkerPool pool({.threads = 2});
    for (int i = 0; i < kJobs; ++i) {
      jobs.push_back(std::make_unique<Noted>());
      pool.Submit(1, *jobs.back());
      if (pool.Withdraw(*jobs.back())) {
        ++withdrawn;
      } else {
        jobs.back()->over.wait();
      }
    }
  }
  int run = 0;
  for (const auto& job : jobs) run += job->runs;
  EXPECT_EQ(run + withdrawn, kJobs);
}

TEST(WorkerPoolTest, ThereIsAtLeastOneWorker) {
  EXPECT_GE(WorkerPool::DefaultThreads(), 1);
  EXPECT_LE(WorkerPool::DefaultThreads(), 8);
}

}  // namespace
}  // namespace portreg::server
