// Represents a point in time on a clock that cannot be set.
#ifndef PORTREG_COMMON_SYSTEM_MONOTONIC_TIME_H_
#define PORTREG_COMMON_SYSTEM_MONOTONIC_TIME_H_

#include <chrono>

#include "absl/time/time.h"

namespace portreg {

// A point in time for durations and deadlines. The clock behind it cannot be set, unlike
// the system's clock (absl::Now). Meaningless outside the process; use absl::Time for a
// date.
//
//   const MonotonicTime deadline = MonotonicTime::Now() + absl::Seconds(5);
//   while (MonotonicTime::Now() < deadline) ...
class MonotonicTime {
 public:
  static MonotonicTime Now() {
    return MonotonicTime(absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()));
  }
  // Later than every other time.
  static MonotonicTime InfiniteFuture() { return MonotonicTime(absl::InfiniteDuration()); }
  // Earlier than every other time.
  static MonotonicTime InfinitePast() { return MonotonicTime(-absl::InfiniteDuration()); }

  // Returns the time since the epoch of CLOCK_MONOTONIC.
  [[nodiscard]] absl::Duration since_epoch() const { return since_epoch_; }
  // Converts. The infinite future becomes the latest time_point.
  [[nodiscard]] std::chrono::steady_clock::time_point ToChrono() const {
    return std::chrono::steady_clock::time_point(absl::ToChronoNanoseconds(since_epoch_));
  }

  friend MonotonicTime operator+(MonotonicTime time, absl::Duration duration) {
    return MonotonicTime(time.since_epoch_ + duration);
  }
  friend absl::Duration operator-(MonotonicTime a, MonotonicTime b) {
    return a.since_epoch_ - b.since_epoch_;
  }

  friend bool operator==(MonotonicTime a, MonotonicTime b) {
    return a.since_epoch_ == b.since_epoch_;
  }
  friend bool operator!=(MonotonicTime a, MonotonicTime b) { return !(a == b); }
  friend bool operator<(MonotonicTime a, MonotonicTime b) {
    return a.since_epoch_ < b.since_epoch_;
  }
  friend bool operator>(MonotonicTime a, MonotonicTime b) { return b < a; }
  friend bool operator<=(MonotonicTime a, MonotonicTime b) { return !(b < a); }
  friend bool operator>=(MonotonicTime a, MonotonicTime b) { return !(a < b); }

 private:
  explicit MonotonicTime(absl::Duration since_epoch) : since_epoch_(since_epoch) {}

  absl::Duration since_epoch_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_MONOTONIC_TIME_H_
