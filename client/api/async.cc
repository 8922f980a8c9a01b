#include "portreg/async.h"

#include <utility>

#include "client/calls/cancellable.h"
#include "client/listings/async_listing.h"

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

AsyncRecordStream::AsyncRecordStream(std::shared_ptr<internal::AsyncListing> reader)
    : reader_(std::move(reader)) {}

AsyncRecordStream::AsyncRecordStream(AsyncRecordStream&&) noexcept = default;

AsyncRecordStream& AsyncRecordStream::operator=(AsyncRecordStream&& other) noexcept {
  if (this == &other) return *this;
  Cancel();
  reader_ = std::move(other.reader_);
  return *this;
}

AsyncRecordStream::~AsyncRecordStream() { Cancel(); }

void AsyncRecordStream::Next(Callback<absl::optional<v1::ListRangeResponse>> callback) {
  if (reader_ == nullptr) {
    std::move(callback)(absl::optional<v1::ListRangeResponse>());
  } else {
    reader_->Next(std::move(callback));
  }
}

void AsyncRecordStream::Cancel() {
  if (reader_ != nullptr) reader_->Cancel();
}

}  // namespace portreg
