#include "server/process/grpc_log.h"

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "grpc/support/log.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);

// Logs gRPC's errors, at most one in each kPause. Thread-safe.
class ErrorLog {
 public:
  void Add(const char* text) {
    const MutexLock lock(mutex_);
    const MonotonicTime now = MonotonicTime::Now();
    if (now < next_) {
      ++left_out_;
      return;
    }
    next_ = now + kPause;
    Log(Severity::kError, "gRPC",
        {{"text", std::string(text)}, {"left_out", static_cast<int64_t>(left_out_)}});
    left_out_ = 0;
  }

 private:
  Mutex mutex_;
  // When the next error may be logged.
  MonotonicTime next_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfinitePast();
  // Errors since the last one that was logged.
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

void OnGrpcLog(gpr_log_func_args* args) {
  static ErrorLog log;
  if (args->severity == GPR_LOG_SEVERITY_ERROR) log.Add(args->message);
}

}  // namespace

void TameGrpcLog() {
  gpr_set_log_function(&OnGrpcLog);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}

}  // namespace portreg::server
