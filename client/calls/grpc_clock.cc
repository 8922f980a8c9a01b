#include <memory>
#include <utility>

#include "client/calls/clock.h"
#include "client/calls/grpc_time.h"
#include "grpcpp/alarm.h"

namespace portreg::internal {
namespace {

class GrpcAlarm final : public Alarm {
 public:
  GrpcAlarm(MonotonicTime time, std::function<void(bool)> function) {
    // gRPC keeps the callback after it has run, and what that holds with it.
    alarm_.Set(ToGrpcTime(time), [function = std::move(function)](bool expired) mutable {
      std::exchange(function, nullptr)(expired);
    });
  }

  void Cancel() override { alarm_.Cancel(); }

 private:
  grpc::Alarm alarm_;
};

class ClockOfGrpc final : public Clock {
 public:
  [[nodiscard]] MonotonicTime Now() const override { return MonotonicTime::Now(); }

  [[nodiscard]] std::unique_ptr<Alarm> SetAlarm(MonotonicTime time,
                                                std::function<void(bool)> function) override {
    return std::make_unique<GrpcAlarm>(time, std::move(function));
  }

  void Wait(ConditionVariable& changed, Mutex& mutex, absl::Duration duration) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    changed.WaitUntil(mutex, Now() + duration);
  }
};

}  // namespace

Clock& GrpcClock() {
  static auto* const clock = new ClockOfGrpc;
  return *clock;
}

}  // namespace portreg::internal
