// Holds the failures and delays of a fake server, and records its calls.
#ifndef PORTREG_SERVER_TESTING_SCRIPT_H_
#define PORTREG_SERVER_TESTING_SCRIPT_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "portreg/testing/fake_server.h"

namespace portreg::testing::internal {

// The failures and delays that a test has set, and the calls so far. Must outlive the
// servers that use it.
//
// Thread-safe.
class Script {
 public:
  // Implement the methods of FakeServer.
  void FailNext(const absl::Status& status, int calls);
  void SetDelay(absl::Duration delay);
  [[nodiscard]] std::vector<Call> calls() const;
  [[nodiscard]] bool WaitForCalls(size_t count, absl::Duration timeout) const;

  // Between Stop and Resume, every call fails with UNAVAILABLE and without a delay. Stop
  // also ends the delays of calls that wait.
  void Stop();
  void Resume();

  // Records a call that has arrived, and calls `proceed` when the delay is over. Without
  // a delay, it does so before it returns. Otherwise a thread of gRPC calls `proceed`, and
  // `alarm` must exist until then.
  void Arrive(Call call, grpc::Alarm& alarm, std::function<void()> proceed);

  // Returns the status with which the next call fails, or OK if it must not fail.
  absl::Status TakeFailure();

 private:
  struct Failure {
    absl::Status status;
    int calls;
  };

  mutable absl::Mutex mutex_;
  std::deque<Failure> failures_ ABSL_GUARDED_BY(mutex_);
  absl::Duration delay_ ABSL_GUARDED_BY(mutex_);
  std::set<grpc::Alarm*> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::testing::internal

#endif  // PORTREG_SERVER_TESTING_SCRIPT_H_
