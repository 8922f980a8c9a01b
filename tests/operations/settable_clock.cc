// Shifts the system's clock for one program if it is preloaded (LD_PRELOAD). The file
// that SETTABLE_CLOCK names has the seconds as text, and may change at any time. The
// monotonic clocks do not change, as when an operator sets the clock.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

time_t Shift() {
  const char* const path = std::getenv("SETTABLE_CLOCK");
  if (path == nullptr) return 0;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[32] = {};
  const ssize_t size = read(fd, text, sizeof(text) - 1);
  close(fd);
  return size > 0 ? std::strtol(text, nullptr, 10) : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto status = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  const bool is_set = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (status == 0 && is_set) now->tv_sec += Shift();
  return status;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  const auto status = static_cast<int>(syscall(SYS_gettimeofday, now, zone));
  if (status == 0) now->tv_sec += Shift();
  return status;
}

time_t time(time_t* now) noexcept {
  timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now != nullptr) *now = precise.tv_sec;
  return precise.tv_sec;
}

}  // extern "C"
