// Provides a std::mutex whose use clang's -Wthread-safety checks.
#ifndef PORTREG_COMMON_SYSTEM_MUTEX_H_
#define PORTREG_COMMON_SYSTEM_MUTEX_H_

#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "common/system/monotonic_time.h"

namespace portreg {

// A mutual exclusion lock. Use it in classes that are tested under ThreadSanitizer, which
// does not understand the absl::Mutex of an Abseil that is not instrumented.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class ConditionVariable;

  std::mutex mutex_;
};

// Holds a Mutex as long as the object exists.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }

  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Lets a thread wait until another one notifies it.
class ConditionVariable {
 public:
  // Releases `mutex`, waits, and locks it again. May return without a notification, so
  // that the caller must check its condition in a loop.
  void Wait(Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  // Waits as Wait does, but not longer than until `deadline`.
  void WaitUntil(Mutex& mutex, MonotonicTime deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    if (deadline == MonotonicTime::InfiniteFuture()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, deadline.ToChrono());
    }
    lock.release();
  }
  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_MUTEX_H_
