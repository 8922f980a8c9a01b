// Converts times to gRPC's.
#ifndef PORTREG_CLIENT_CALLS_GRPC_TIME_H_
#define PORTREG_CLIENT_CALLS_GRPC_TIME_H_

#include <ctime>

#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "grpc/support/time.h"

namespace portreg::internal {

// Converts a time for a deadline or an alarm. gRPC measures it by the same clock, so
// that setting the system's clock does not change it.
inline gpr_timespec ToGrpcTime(MonotonicTime time) {
  if (time == MonotonicTime::InfiniteFuture()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const timespec since_epoch = absl::ToTimespec(time.since_epoch());
  return {since_epoch.tv_sec, static_cast<int32_t>(since_epoch.tv_nsec), GPR_CLOCK_MONOTONIC};
}

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_GRPC_TIME_H_
