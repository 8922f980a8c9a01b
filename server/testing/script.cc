#include "server/testing/script.h"

#include "server/replies/grpc_conversion.h"

namespace portreg::testing::internal {

void Script::FailNext(const absl::Status& status, int calls) {
  if (calls <= 0) return;
  const absl::MutexLock lock(&mutex_);
  failures_.push_back({status, calls});
}

void Script::SetDelay(absl::Duration delay) {
  const absl::MutexLock lock(&mutex_);
  delay_ = delay;
}

std::vector<Call> Script::calls() const {
  const absl::MutexLock lock(&mutex_);
  return calls_;
}

bool Script::WaitForCalls(size_t count, absl::Duration timeout) const {
  const auto arrived = [this, count]()
                           ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return calls_.size() >= count; };
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&arrived), timeout);
}

void Script::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopped_ = true;
  for (grpc::Alarm* const alarm : waiting_) alarm->Cancel();
}

void Script::Resume() {
  const absl::MutexLock lock(&mutex_);
  stopped_ = false;
}

absl::Status Script::TakeFailure() {
  const absl::MutexLock lock(&mutex_);
  if (stopped_) return absl::UnavailableError("the fake server stops");
  if (failures_.empty()) return absl::OkStatus();
  absl::Status status = failures_.front().status;
  if (--failures_.front().calls == 0) failures_.pop_front();
  return status;
}

void Script::Arrive(Call call, grpc::Alarm& alarm, std::function<void()> proceed) {
  {
    const absl::MutexLock lock(&mutex_);
    calls_.push_back(std::move(call));
    if (!stopped_ && delay_ > absl::ZeroDuration()) {
      waiting_.insert(&alarm);
      const auto on_alarm = [this, &alarm, proceed = std::move(proceed)](bool /*ok*/) {
        {
          const absl::MutexLock relock(&mutex_);
          waiting_.erase(&alarm);
        }
        proceed();
      };
      alarm.Set(server::After(delay_), on_alarm);
      return;
    }
  }
  proceed();
}

}  // namespace portreg::testing::internal
