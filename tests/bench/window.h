// Measures the latency and the cost of calls during a part of a load.
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

// Counts calls after a warm-up, for a given time or number of calls. Also measures the
// processor time per call of client and server, by reading the CPU clocks of the whole
// processes at the beginning and the end of the window. Not thread-safe.
class Window {
 public:
  struct Limits {
    // The server's process on this machine. Default: 0, its processor time is not measured.
    pid_t server = 0;
    // The time before calls count.
    absl::Duration warm_up = absl::Milliseconds(100);
    // The time during which calls count.
    absl::Duration length = absl::Seconds(1);
    // If not 0, counts this many calls, beginning with the first one; `warm_up` and `length`
    // have no effect.
    uint64_t calls = 0;
  };

  // Begins the warm-up.
  explicit Window(const Limits& limits);

  // Records a call that has ended. A call that is not `right` counts as wrong even outside
  // the window.
  void Add(Clock::time_point began, Clock::time_point ended, bool right);

  // Returns true if the window has ended. Further calls do not count.
  [[nodiscard]] bool over() const { return over_; }

  // The number of calls that failed or had a wrong reply.
  [[nodiscard]] uint64_t wrong() const { return wrong_; }

  // Returns a JSON object: calls, wrong, seconds, rate (calls per second), p50_us,
  // p99_us and p999_us (latency), client_us and server_us (processor time per call).
  // Requires a window that has ended and counted a call.
  [[nodiscard]] std::string ToJson();

 private:
  // The values of the clocks at one moment.
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
