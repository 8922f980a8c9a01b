// Declares callbacks and handles of calls that do not block.
#ifndef PORTREG_ASYNC_H_
#define PORTREG_ASYNC_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace portreg {

namespace internal {
class Cancellable;
}  // namespace internal

// Receives the outcome of a call, exactly once. It usually runs on one of gRPC's
// threads, which it must not block. If the call could not be made at all, it runs
// before the function that it was passed to returns.
template <typename Response>
using Callback = absl::AnyInvocable<void(absl::StatusOr<Response>) &&>;

// Cancels a call that is under way. Copies refer to the same call; destroying one
// does not cancel it. Thread-safe.
class PendingCall {
 public:
  // For the library's use.
  explicit PendingCall(std::weak_ptr<internal::Cancellable> call);
  // Refers to the same call.
  PendingCall(const PendingCall&);
  // Refers to the same call.
  PendingCall& operator=(const PendingCall&);
  ~PendingCall();

  // Ends the call as soon as possible with CANCELLED, unless it has already ended.
  // The callback runs in either case.
  void Cancel() const;

 private:
  std::weak_ptr<internal::Cancellable> call_;
};

}  // namespace portreg

#endif  // PORTREG_ASYNC_H_
