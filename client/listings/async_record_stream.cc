#include "portreg/async_record_stream.h"

#include <utility>

#include "client/listings/async_listing.h"

namespace portreg {

AsyncRecordStream::AsyncRecordStream(std::shared_ptr<internal::AsyncListing> listing)
    : listing_(std::move(listing)) {}

AsyncRecordStream::AsyncRecordStream(AsyncRecordStream&&) noexcept = default;

AsyncRecordStream& AsyncRecordStream::operator=(AsyncRecordStream&& other) noexcept {
  if (this == &other) return *this;
  Cancel();
  listing_ = std::move(other.listing_);
  return *this;
}

AsyncRecordStream::~AsyncRecordStream() { Cancel(); }

void AsyncRecordStream::Next(Callback<std::optional<v1::ListRangeResponse>> callback) {
  if (listing_ == nullptr) {
    std::move(callback)(std::optional<v1::ListRangeResponse>());
  } else {
    listing_->Next(std::move(callback));
  }
}

void AsyncRecordStream::Cancel() {
  if (listing_ != nullptr) listing_->Cancel();
}

}  // namespace portreg
