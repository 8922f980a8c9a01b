// Provides a clock that advances only when a test says so.
#ifndef PORTREG_TESTS_CLIENT_FAKE_CLOCK_H_
#define PORTREG_TESTS_CLIENT_FAKE_CLOCK_H_

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "client/calls/clock.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"

namespace portreg::internal {

// A clock whose time changes only in Advance. Alarms, and the functions passed to
// RunElsewhere, run one at a time on the clock's own thread. Does not use gRPC.
class FakeClock final : public Clock {
 public:
  FakeClock() : thread_([this] { Run(); }) {}
  ~FakeClock() override {
    {
      const std::lock_guard lock(state_->mutex);
      stops_ = true;
    }
    state_->changed.notify_all();
    thread_.join();
  }

  [[nodiscard]] MonotonicTime Now() const override {
    const std::lock_guard lock(state_->mutex);
    return state_->now;
  }

  [[nodiscard]] std::unique_ptr<Alarm> SetAlarm(MonotonicTime time,
                                                std::function<void(bool)> function) override {
    auto pending = std::make_shared<Pending>(Pending{time, std::move(function)});
    const std::lock_guard lock(state_->mutex);
    state_->pending.push_back(pending);
    state_->RunDue();
    return std::make_unique<FakeAlarm>(state_, std::move(pending));
  }

  void Wait(ConditionVariable& changed, Mutex& mutex, absl::Duration /*duration*/) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const auto waiter = std::make_pair(&changed, &mutex);
    {
      const std::lock_guard lock(state_->mutex);
      waiters_.push_back(waiter);
    }
    state_->changed.notify_all();
    changed.Wait(mutex);
    const std::lock_guard lock(state_->mutex);
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(), waiter));
  }

  // Adds `duration` to the time. The alarms that become due run on the clock's thread.
  void Advance(absl::Duration duration) {
    std::vector<std::pair<ConditionVariable*, Mutex*>> waiters;
    {
      const std::lock_guard lock(state_->mutex);
      state_->now = state_->now + duration;
      state_->RunDue();
      waiters = waiters_;
    }
    for (const auto& [changed, mutex] : waiters) {
      // The waiter holds the mutex from before it registers until it waits, so that it cannot
      // miss this notification.
      const MutexLock lock(*mutex);
      changed->NotifyAll();
    }
  }

  // Waits until a thread is in Wait().
  void AwaitWaiter() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return !waiters_.empty(); });
  }

  // Waits until the clock's thread has run everything that is due.
  void Settle() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->due.empty() && !running_; });
  }

 private:
  struct Pending {
    MonotonicTime time;
    std::function<void(bool)> function;
  };

  // Shared with the alarms, which may outlive the clock.
  struct State {
    // Requires mutex.
    void RunDue() {
      for (auto it = pending.begin(); it != pending.end();) {
        if ((*it)->time <= now) {
          due.emplace_back(std::move((*it)->function), true);
          it = pending.erase(it);
        } else {
          ++it;
        }
      }
      changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    MonotonicTime now = MonotonicTime::Now();
    std::vector<std::shared_ptr<Pending>> pending;
    std::deque<std::pair<std::function<void(bool)>, bool>> due;
  };

  class FakeAlarm final : public Alarm {
   public:
    FakeAlarm(std::shared_ptr<State> state, std::shared_ptr<Pending> pending)
        : state_(std::move(state)), pending_(std::move(pending)) {}
    ~FakeAlarm() override { CancelPending(); }
    void Cancel() override { CancelPending(); }

   private:
    void CancelPending() {
      const std::lock_guard lock(state_->mutex);
      const auto it = std::find(state_->pending.begin(), state_->pending.end(), pending_);
      if (it == state_->pending.end()) return;
      state_->due.emplace_back(std::move(pending_->function), false);
      state_->pending.erase(it);
      state_->changed.notify_all();
    }

    const std::shared_ptr<State> state_;
    const std::shared_ptr<Pending> pending_;
  };

  void Run() {
    std::unique_lock lock(state_->mutex);
    while (true) {
      state_->changed.wait(lock, [this] { return stops_ || !state_->due.empty(); });
      if (state_->due.empty()) return;
      auto [function, expired] = std::move(state_->due.front());
      state_->due.pop_front();
      running_ = true;
      lock.unlock();
      function(expired);
      function = nullptr;
      lock.lock();
      running_ = false;
      state_->changed.notify_all();
    }
  }

  const std::shared_ptr<State> state_ = std::make_shared<State>();
  // Guarded by the state's mutex.
  bool stops_ = false;
  bool running_ = false;
  std::vector<std::pair<ConditionVariable*, Mutex*>> waiters_;
  std::thread thread_;
};

}  // namespace portreg::internal

#endif  // PORTREG_TESTS_CLIENT_FAKE_CLOCK_H_
