#include "server/process/grpc_log.h"

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "grpc/support/log.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);

void Log(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  static std::mutex mutex;
  static MonotonicTime next = MonotonicTime::InfinitePast();
  static uint64_t left_out = 0;
  const std::lock_guard lock(mutex);
  const MonotonicTime now = MonotonicTime::Now();
  if (now < next) {
    ++left_out;
    return;
  }
  next = now + kPause;
  Log(Severity::kError, "gRPC",
      {{"text", std::string(args->message)}, {"left_out", static_cast<int64_t>(left_out)}});
  left_out = 0;
}

}  // namespace

void TameGrpcLog() {
  gpr_set_log_function(&Log);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}

}  // namespace portreg::server
