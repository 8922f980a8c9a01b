// Declares the interface of what a PendingCall cancels.
#ifndef PORTREG_CLIENT_CALLS_CANCELLABLE_H_
#define PORTREG_CLIENT_CALLS_CANCELLABLE_H_

namespace portreg::internal {

class Cancellable {
 public:
  virtual ~Cancellable() = default;

  // May be called at any time, and more than once. Thread-safe.
  virtual void Cancel() = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CANCELLABLE_H_
