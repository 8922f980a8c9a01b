// Pauses between tries.
#ifndef PORTREG_CLIENT_CALLS_BACKOFF_H_
#define PORTREG_CLIENT_CALLS_BACKOFF_H_

#include <algorithm>
#include <random>

#include "absl/time/time.h"

namespace portreg::internal {

// Pauses that double from `initial` up to `max`, each shortened by chance, so
// that clients which lost the same server do not return in step. For one thread
// at a time.
class Backoff {
 public:
  Backoff(absl::Duration initial, absl::Duration max)
      : initial_(std::min(initial, max)), max_(max), pause_(initial_) {}

  // How long to wait before the next try: between half of the pause whose turn
  // it is and the whole of it.
  absl::Duration Next() {
    const absl::Duration pause = pause_;
    pause_ = std::min(2 * pause_, max_);
    return pause * std::uniform_real_distribution<double>(0.5, 1.0)(random_);
  }

  // Begins with the shortest pause again.
  void Reset() { pause_ = initial_; }

 private:
  const absl::Duration initial_;
  const absl::Duration max_;
  absl::Duration pause_;
  std::minstd_rand random_{std::random_device()()};
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_BACKOFF_H_
