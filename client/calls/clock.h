// Tells the time and calls functions later.
#ifndef PORTREG_CLIENT_CALLS_CLOCK_H_
#define PORTREG_CLIENT_CALLS_CLOCK_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"

namespace portreg::internal {

// An alarm that has been set. Destroying it cancels it. Thread-safe.
class Alarm {
 public:
  Alarm() = default;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  virtual ~Alarm() = default;

  virtual void Cancel() = 0;
};

// Measures time for a client's parts, and wakes them. Tests replace it by a
// clock that they advance. Thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual MonotonicTime Now() const = 0;

  // Calls `function` exactly once, never on the calling thread's stack: with true
  // when `time` has come, or with false soon after the alarm has been cancelled.
  // The function and what it holds are destroyed once it has run.
  [[nodiscard]] virtual std::unique_ptr<Alarm> SetAlarm(
      MonotonicTime time, std::function<void(bool expired)> function) = 0;

  // Waits until `changed` is notified, for `duration` at most. May return early.
  virtual void Wait(ConditionVariable& changed, Mutex& mutex, absl::Duration duration)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) = 0;

  // Calls `function` soon, on another thread: for callers that may hold locks.
  void RunElsewhere(std::function<void()> function) {
    const std::unique_ptr<Alarm> cancelled_at_once = SetAlarm(
        MonotonicTime::InfiniteFuture(), [function = std::move(function)](bool) { function(); });
  }
};

// The clock of clients that are not tested: lasts as long as the process. Its
// alarms are gRPC's, and run on gRPC's threads.
Clock& GrpcClock();

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CLOCK_H_
