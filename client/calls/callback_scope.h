// Knows where callers' callbacks run.
#ifndef PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_
#define PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_

#include <utility>

namespace portreg::internal {

// Stands while a callback of a caller's runs on this thread, which is one of
// gRPC's few.
class CallbackScope {
 public:
  CallbackScope() : outer_(std::exchange(active_, true)) {}
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope() { active_ = outer_; }

  // Whether one stands on this thread.
  [[nodiscard]] static bool active() { return active_; }

 private:
  static inline thread_local bool active_ = false;
  const bool outer_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_
