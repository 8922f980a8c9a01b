// What a PendingCall stands for.
#ifndef PORTREG_CLIENT_CALLS_CANCELLABLE_H_
#define PORTREG_CLIENT_CALLS_CANCELLABLE_H_

namespace portreg::internal {

class Cancellable {
 public:
  virtual ~Cancellable() = default;

  // Any thread may call it at any time, and more than once.
  virtual void Cancel() = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CANCELLABLE_H_
