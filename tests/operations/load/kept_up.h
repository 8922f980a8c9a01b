// Keeps calls of one kind under way.
#ifndef PORTREG_TESTS_OPERATIONS_LOAD_KEPT_UP_H_
#define PORTREG_TESTS_OPERATIONS_LOAD_KEPT_UP_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace portreg::load {

// Keeps calls of one kind under way until it is stopped.
class KeptUp {
 public:
  // Begins the call with that number, and calls `done` when the call has ended.
  using Begin = std::function<void(uint64_t number, std::function<void()> done)>;

  KeptUp(int in_flight, Begin begin) : begin_(std::move(begin)), under_way_(in_flight) {
    for (int i = 0; i < in_flight; ++i) Next();
  }
  // Waits for the calls under way.
  ~KeptUp() {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
    mutex_.Await(absl::Condition(
        +[](int* under_way) { return *under_way == 0; }, &under_way_));
  }

 private:
  void Next() {
    uint64_t number = 0;
    {
      const absl::MutexLock lock(&mutex_);
      if (stopped_) {
        --under_way_;
        return;
      }
      number = next_++;
    }
    begin_(number, [this] { Next(); });
  }

  const Begin begin_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int under_way_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace portreg::load

#endif  // PORTREG_TESTS_OPERATIONS_LOAD_KEPT_UP_H_
