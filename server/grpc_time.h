// Durations as gRPC takes them.
#ifndef PORTREG_SERVER_GRPC_TIME_H_
#define PORTREG_SERVER_GRPC_TIME_H_

#include <cstdint>
#include <ctime>

#include "absl/time/time.h"
#include "grpc/support/time.h"

namespace portreg {

// The time that comes after `duration`, for gRPC's deadlines and alarms. It
// stays right when the system's clock is set.
inline gpr_timespec After(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const timespec length = absl::ToTimespec(duration);
  return {length.tv_sec, static_cast<int32_t>(length.tv_nsec), GPR_TIMESPAN};
}

}  // namespace portreg

#endif  // PORTREG_SERVER_GRPC_TIME_H_
