#include "common/system/mutex.h"

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

// A flag that threads wait for.
class Flag {
 public:
  void Set() {
    const MutexLock lock(mutex_);
    set_ = true;
    changed_.NotifyAll();
  }

  // Returns false if the flag is not set by `deadline`.
  bool Await(MonotonicTime deadline) {
    const MutexLock lock(mutex_);
    while (!set_ && MonotonicTime::Now() < deadline) changed_.WaitUntil(mutex_, deadline);
    return set_;
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  bool set_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(ConditionVariableTest, WaitsUntilTheDeadline) {
  Flag flag;
  const MonotonicTime deadline = MonotonicTime::Now() + absl::Milliseconds(1);
  EXPECT_FALSE(flag.Await(deadline));
  EXPECT_GE(MonotonicTime::Now(), deadline);
}

TEST(ConditionVariableTest, WaitsUntilAnotherThreadNotifies) {
  for (const MonotonicTime deadline :
       {MonotonicTime::InfiniteFuture(), MonotonicTime::Now() + absl::Hours(1)}) {
    Flag flag;
    std::thread other([&flag] { flag.Set(); });
    EXPECT_TRUE(flag.Await(deadline));
    other.join();
  }
}

TEST(ConditionVariableTest, DeadlineInThePastDoesNotBlock) {
  Flag flag;
  EXPECT_FALSE(flag.Await(MonotonicTime::InfinitePast()));
}

}  // namespace
}  // namespace portreg
