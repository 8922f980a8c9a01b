#include "portreg/record_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "client/messages.h"

namespace portreg {

RecordStream::Messages::Messages(std::shared_ptr<const internal::Connection> connection,
                                 v1::ListRangeRequest request)
    : connection_(std::move(connection)), request_(std::move(request)) {}

RecordStream::Messages::~Messages() {
  if (phase_ != Phase::kOpen) return;
  context_->TryCancel();
  reader_->Finish();
}

bool RecordStream::Messages::Open() {
  if (!is_resumption_) {
    deadline_ = absl::Now() + connection_->options().list_timeout;
    status_ = connection_->AwaitConnection(deadline_);
    if (!status_.ok()) return false;
  }
  context_ = std::make_unique<grpc::ClientContext>();
  context_->set_deadline(absl::ToChronoTime(deadline_));
  // A server that restarts is back in a moment.
  context_->set_wait_for_ready(is_resumption_);
  reader_ = connection_->stub().ListRange(context_.get(), request_);
  has_yielded_ = false;
  return true;
}

bool RecordStream::Messages::Read(v1::ListRangeResponse& message) {
  while (phase_ != Phase::kOver) {
    if (phase_ == Phase::kNew && !Open()) {
      phase_ = Phase::kOver;
      return false;
    }
    phase_ = Phase::kOpen;
    if (reader_->Read(&message)) {
      request_.set_resume_token(message.resume_token());
      has_yielded_ = true;
      return true;
    }
    phase_ = MayGoOn() ? Phase::kNew : Phase::kOver;
    is_resumption_ = true;
  }
  return false;
}

bool RecordStream::Messages::MayGoOn() {
  const grpc::Status status = reader_->Finish();
  const ClientOptions& options = connection_->options();
  const absl::Duration pause = options.retry.initial_backoff;
  const bool broken = status.error_code() == grpc::StatusCode::UNAVAILABLE;
  if (broken && has_yielded_ && options.retry.max_attempts > 1 && absl::Now() + pause < deadline_) {
    absl::SleepFor(pause);
    return true;
  }
  status_ = connection_->Explain(status, options.list_timeout);
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
