#include "client/cli/streams/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace portreg::cli {

StopSignal::StopSignal() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() { close(event_); }

void StopSignal::Stop() const {
  const uint64_t one = 1;
  (void)!write(event_, &one, sizeof(one));
}

bool StopSignal::stopped() const {
  pollfd event = {event_, POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

void StopSignal::Wait(int descriptor, int timeout_ms) const {
  pollfd both[] = {{descriptor, POLLIN, 0}, {event_, POLLIN, 0}};
  // Ignores errors. A signal ends the wait early; callers expect that.
  (void)poll(both, 2, timeout_ms);
}

}  // namespace portreg::cli
