#include "server/workers/worker_pool.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace portreg::server {
namespace {

// Returns the processor time that the calling thread has used.
FairQueue::Cost ThreadTime() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Lowers the priority of the calling thread, because Linux has a priority for each
// thread. A failure only makes jobs delay other threads.
void LowerOwnPriority(int niceness) {
  const auto thread = static_cast<id_t>(gettid());
  const int now = getpriority(PRIO_PROCESS, thread);
  (void)setpriority(PRIO_PROCESS, thread, now + niceness);
}

}  // namespace

int WorkerPool::DefaultThreads() {
  constexpr int kMost = 8;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, kMost);
}

WorkerPool::WorkerPool(const Options& options) : options_(options), queue_(options.max_waiting) {
  for (int i = 0; i < options.threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  Stop();
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::Submit(FlowId flow, Job& job) {
  job.submitted_ = std::chrono::steady_clock::now();
  FairQueue::Item* refused = &job;
  Refusal why = Refusal::kStopped;
  {
    const MutexLock lock(mutex_);
    if (!stopped_) {
      refused = queue_.Add(flow, job);
      why = Refusal::kFull;
    }
  }
  changed_.NotifyOne();
  if (refused == nullptr) return;
  if (why == Refusal::kFull) refused_.fetch_add(1, std::memory_order_relaxed);
  static_cast<Job*>(refused)->Refuse(why);
}

bool WorkerPool::Withdraw(Job& job) {
  const MutexLock lock(mutex_);
  return queue_.Remove(job);
}

void WorkerPool::Stop() {
  std::vector<FairQueue::Item*> refused;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    refused = queue_.RemoveAll();
  }
  for (FairQueue::Item* item : refused) static_cast<Job*>(item)->Refuse(Refusal::kStopped);
}

size_t WorkerPool::waiting() const {
  const MutexLock lock(mutex_);
  return queue_.size();
}

void WorkerPool::Work() {
  LowerOwnPriority(options_.niceness);
  while (const std::optional<FairQueue::Turn> turn = Next()) {
    auto& job = *static_cast<Job*>(turn->item);
    const auto waited = std::chrono::steady_clock::now() - job.submitted_;
    waits_.Observe(std::chrono::nanoseconds(waited).count());
    const FairQueue::Cost start = ThreadTime();
    job.Run();
    Charge(*turn, ThreadTime() - start);
  }
}

std::optional<FairQueue::Turn> WorkerPool::Next() {
  const MutexLock lock(mutex_);
  while (queue_.empty() && !ending_) changed_.Wait(mutex_);
  if (queue_.empty()) return std::nullopt;
  return queue_.Take();
}

void WorkerPool::Charge(const FairQueue::Turn& turn, FairQueue::Cost cost) {
  const MutexLock lock(mutex_);
  queue_.Charge(turn, cost);
}

}  // namespace portreg::server
