// The part of a load that is measured.
#ifndef PORTREG_TESTS_BENCH_WINDOW_H_
#define PORTREG_TESTS_BENCH_WINDOW_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace portreg::bench {

using Clock = std::chrono::steady_clock;

// Counts calls from when a load has warmed up until it has lasted long enough,
// and takes the processor time that they cost on both sides: the CPU clocks of
// whole processes over the calls between two looks at them. For one thread.
class Window {
 public:
  struct Limits {
    // The process that answers, on this machine. 0: not measured.
    pid_t server = 0;
    // How long to go before counting.
    absl::Duration warm_up = absl::Milliseconds(100);
    // How long to count.
    absl::Duration length = absl::Seconds(1);
    // If not 0, the window is that many calls, from the first one on.
    uint64_t calls = 0;
  };

  // Begins the warm-up.
  explicit Window(const Limits& limits);

  // Takes in a call that is over. One that is not `right` counts as wrong at
  // any time.
  void Add(Clock::time_point began, Clock::time_point ended, bool right);

  // Whether the window is over: nothing more counts.
  [[nodiscard]] bool over() const { return over_; }

  // Calls that were wrong, or failed.
  [[nodiscard]] uint64_t wrong() const { return wrong_; }

  // One JSON object: calls, wrong, seconds, rate (calls a second), p50_us,
  // p99_us and p999_us (latency), client_us and server_us (processor time a
  // call). The window must be over, and not empty.
  [[nodiscard]] std::string ToJson();

 private:
  // One look at the clocks.
  struct Moment {
    Clock::time_point time;
    double server_seconds = 0;
    double client_seconds = 0;
  };
  [[nodiscard]] Moment Look(Clock::time_point now) const;

  const Limits limits_;
  bool begun_ = false;
  bool over_ = false;
  uint64_t wrong_ = 0;
  Clock::time_point warm_;
  Moment first_;
  Moment last_;
  std::vector<float> latencies_us_;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_WINDOW_H_
