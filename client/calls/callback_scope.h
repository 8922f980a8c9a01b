// Marks threads that run a caller's callback.
#ifndef PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_
#define PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_

#include <utility>

namespace portreg::internal {

// Exists while a caller's callback runs on this thread, which is one of gRPC's few.
class CallbackScope {
 public:
  CallbackScope() : outer_(std::exchange(active_, true)) {}
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope() { active_ = outer_; }

  // Returns true if this thread runs a callback.
  [[nodiscard]] static bool active() { return active_; }

 private:
  static inline thread_local bool active_ = false;
  const bool outer_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CALLBACK_SCOPE_H_
