// Checks whether work has been cancelled.
#ifndef PORTREG_COMMON_SYSTEM_CANCELLATION_H_
#define PORTREG_COMMON_SYSTEM_CANCELLATION_H_

#include <atomic>

namespace portreg {

// Returns true if `cancelled` is not nullptr and `*cancelled` is true. Cheap enough to
// call every few dozen steps.
inline bool IsCancelled(const std::atomic<bool>* cancelled) {
  return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_CANCELLATION_H_
