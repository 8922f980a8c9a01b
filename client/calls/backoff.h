// Computes the pauses between attempts.
#ifndef PORTREG_CLIENT_CALLS_BACKOFF_H_
#define PORTREG_CLIENT_CALLS_BACKOFF_H_

#include <algorithm>
#include <random>

#include "absl/time/time.h"

namespace portreg::internal {

// Returns pauses that double from `initial` up to `max`. Each is shortened at
// random, so that clients which lost the same server do not return simultaneously.
// Not thread-safe.
class Backoff {
 public:
  Backoff(absl::Duration initial, absl::Duration max)
      : initial_(std::min(initial, max)), max_(max), pause_(initial_) {}

  // Returns the pause before the next attempt: at least half of the current one.
  absl::Duration Next() {
    const absl::Duration pause = pause_;
    pause_ = std::min(2 * pause_, max_);
    return pause * std::uniform_real_distribution<double>(0.5, 1.0)(random_);
  }

  // Returns to the shortest pause.
  void Reset() { pause_ = initial_; }

 private:
  const absl::Duration initial_;
  const absl::Duration max_;
  absl::Duration pause_;
  std::minstd_rand random_{std::random_device()()};
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_BACKOFF_H_
