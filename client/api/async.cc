#include "portreg/async.h"

#include <utility>

#include "client/calls/cancellable.h"

namespace portreg {

PendingCall::PendingCall(std::weak_ptr<internal::Cancellable> call) : call_(std::move(call)) {}

PendingCall::~PendingCall() = default;

PendingCall::PendingCall(const PendingCall&) = default;

PendingCall& PendingCall::operator=(const PendingCall&) = default;

void PendingCall::Cancel() const {
  if (const std::shared_ptr<internal::Cancellable> call = call_.lock(); call != nullptr) {
    call->Cancel();
  }
}

}  // namespace portreg
