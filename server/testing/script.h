// What a fake server does otherwise than a real one, and what it was asked.
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

// Outlives the servers that play it. Any number of threads may use it at once.
class Script {
 public:
  // See FakeServer.
  void FailNext(const absl::Status& status, int calls);
  void SetDelay(absl::Duration delay);
  [[nodiscard]] std::vector<Call> calls() const;
  [[nodiscard]] bool WaitForCalls(size_t count, absl::Duration timeout) const;

  // Between Stop and Resume every call fails with UNAVAILABLE, and none waits;
  // those that wait by then wait no longer.
  void Stop();
  void Resume();

  // A call has arrived: notes it, and runs `proceed` once the delay is over. If
  // there is none, that is before this returns; otherwise on a thread of
  // gRPC's, and `alarm` must live until then.
  void Arrive(Call call, grpc::Alarm& alarm, std::function<void()> proceed);

  // What the next call fails with: OK lets it through.
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
