#include "portreg/record_stream.h"

#include <utility>

#include "client/listings/blocking_listing.h"

namespace portreg {

RecordStream::RecordStream(std::unique_ptr<BlockingListing> listing)
    : listing_(std::move(listing)) {}

RecordStream::RecordStream(RecordStream&& other) noexcept = default;

RecordStream& RecordStream::operator=(RecordStream&& other) noexcept {
  if (this == &other) return *this;
  listing_ = std::move(other.listing_);
  revision_ = std::move(other.revision_);
  resume_token_ = std::move(other.resume_token_);
  status_ = std::move(other.status_);
  return *this;
}

RecordStream::~RecordStream() = default;

const v1::PortRecord* RecordStream::Next() {
  if (listing_ == nullptr) return nullptr;
  const internal::LazyListResponse& message = listing_->message();
  const v1::PortRecord* record = listing_->NextRecord();
  while (record == nullptr) {
    if (!listing_->Read()) {
      status_ = listing_->status();
      return nullptr;
    }
    revision_ = message.rest().revision();
    if (message.done()) resume_token_ = message.rest().resume_token();
    record = listing_->NextRecord();
  }
  if (message.done()) resume_token_ = message.rest().resume_token();
  return record;
}

}  // namespace portreg
