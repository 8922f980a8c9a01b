// Tells whether work is still wanted.
#ifndef PORTREG_COMMON_SYSTEM_CANCELLATION_H_
#define PORTREG_COMMON_SYSTEM_CANCELLATION_H_

#include <atomic>

namespace portreg {

// Returns whether whoever sets `*cancelled` has done so; nullptr: never. Cheap enough
// to be asked every few dozen steps.
inline bool IsCancelled(const std::atomic<bool>* cancelled) {
  return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_CANCELLATION_H_
