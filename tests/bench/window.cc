#include "window.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_format.h"

namespace portreg::bench {
namespace {

// Returns the processor time of all threads of a process, ended ones too.
double CpuSeconds(pid_t process) {
  clockid_t clock;
  timespec time = {};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Window::Window(const Limits& limits) : limits_(limits) {
  latencies_us_.reserve(size_t{1} << 20);
  const Clock::time_point now = Clock::now();
  warm_ = now + absl::ToChronoMicroseconds(limits_.warm_up);
  if (limits_.calls == 0) return;
  first_ = Look(now);
  begun_ = true;
}

Window::Moment Window::Look(Clock::time_point now) const {
  return {now, limits_.server == 0 ? 0 : CpuSeconds(limits_.server), CpuSeconds(getpid())};
}

void Window::Add(Clock::time_point began, Clock::time_point ended, bool right) {
  if (!right) ++wrong_;
  if (over_) return;
  if (!begun_) {
    if (ended < warm_) return;
    first_ = Look(ended);
    begun_ = true;
    return;
  }
  latencies_us_.push_back(std::chrono::duration<float, std::micro>(ended - began).count());
  over_ = limits_.calls > 0 ? latencies_us_.size() >= limits_.calls
                            : ended >= first_.time + absl::ToChronoMicroseconds(limits_.length);
  if (over_) last_ = Look(ended);
}

std::string Window::ToJson() {
  std::sort(latencies_us_.begin(), latencies_us_.end());
  const double calls = static_cast<double>(latencies_us_.size());
  const auto quantile = [this](double share) {
    return latencies_us_[static_cast<size_t>(static_cast<double>(latencies_us_.size() - 1) *
                                             share)];
  };
  const double seconds = Seconds(last_.time - first_.time);
  return absl::StrFormat(
      R"({"calls": %d, "wrong": %d, "seconds": %.6f, "rate": %.1f, "p50_us": %.2f, )"
      R"("p99_us": %.2f, "p999_us": %.2f, "client_us": %.4f, "server_us": %.4f})",
      latencies_us_.size(), wrong_, seconds, calls / seconds, quantile(0.5), quantile(0.99),
      quantile(0.999), (last_.client_seconds - first_.client_seconds) * 1e6 / calls,
      (last_.server_seconds - first_.server_seconds) * 1e6 / calls);
}

}  // namespace portreg::bench
