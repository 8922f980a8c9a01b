#include "portreg/record_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "client/messages.h"

namespace portreg {

RecordStream::Messages::Messages(internal::Listing listing) : listing_(std::move(listing)) {}

RecordStream::Messages::Messages(absl::Status status)
    : phase_(Phase::kOver), status_(std::move(status)) {}

RecordStream::Messages::~Messages() {
  if (phase_ != Phase::kOpen) return;
  context_->TryCancel();
  reader_->Finish();
}

bool RecordStream::Messages::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  listing_->Prepare(*context_);
  if (!listing_->resumed()) {
    status_ = listing_->connection().AwaitConnection(listing_->ConnectTimeout());
    if (!status_.ok()) return false;
  }
  reader_ = listing_->connection().stub().ListRange(context_.get(), listing_->request());
  if (reader_ == nullptr) status_ = absl::InternalError("the stub gave no reader of the listing");
  return status_.ok();
}

bool RecordStream::Messages::Read(v1::ListRangeResponse& message) {
  while (phase_ != Phase::kOver) {
    if (phase_ == Phase::kNew && !Open()) {
      phase_ = Phase::kOver;
      return false;
    }
    phase_ = Phase::kOpen;
    if (reader_->Read(&message)) {
      listing_->Note(message);
      return true;
    }
    phase_ = MayGoOn() ? Phase::kNew : Phase::kOver;
  }
  return false;
}

bool RecordStream::Messages::MayGoOn() {
  const grpc::Status end = reader_->Finish();
  if (listing_->Resume(end)) {
    absl::SleepFor(listing_->Pause());
    return true;
  }
  status_ = listing_->Explain(end);
  return false;
}

RecordStream::RecordStream(std::unique_ptr<Messages> messages) : messages_(std::move(messages)) {}

RecordStream::RecordStream(RecordStream&& other) noexcept { *this = std::move(other); }

RecordStream& RecordStream::operator=(RecordStream&& other) noexcept {
  messages_ = std::move(other.messages_);
  message_ = std::move(other.message_);
  // Without it, the other would look for its next record in a message that has
  // none.
  next_ = std::exchange(other.next_, 0);
  other.message_.Clear();
  resume_token_ = std::move(other.resume_token_);
  status_ = std::move(other.status_);
  return *this;
}

RecordStream::~RecordStream() = default;

const v1::PortRecord* RecordStream::Next() {
  while (next_ == message_.records_size()) {
    if (messages_ == nullptr) return nullptr;
    if (!messages_->Read(message_)) {
      message_.clear_records();
      next_ = 0;
      status_ = messages_->status();
      return nullptr;
    }
    next_ = 0;
    if (message_.records().empty()) resume_token_ = message_.resume_token();
  }
  const v1::PortRecord* record = &message_.records(next_++);
  if (next_ == message_.records_size()) resume_token_ = message_.resume_token();
  return record;
}

}  // namespace portreg
