#include "portreg/record_stream.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "client/messages.h"

namespace portreg {

RecordStream::Messages::Messages(std::shared_ptr<const internal::Connection> connection,
                                 v1::ListRangeRequest request)
    : connection_(std::move(connection)),
      request_(std::move(request)),
      deadline_(absl::Now() + connection_->options().list_timeout),
      backoff_(connection_->options().retry.initial_backoff) {
  Open();
}

RecordStream::Messages::~Messages() {
  if (reader_ == nullptr) return;
  context_->TryCancel();
  reader_->Finish();
}

void RecordStream::Messages::Open() {
  ++attempts_;
  if (absl::Status status = connection_->AwaitConnection(); !status.ok()) {
    status_ = std::move(status);
    return;
  }
  context_ = std::make_unique<grpc::ClientContext>();
  context_->set_deadline(absl::ToChronoTime(deadline_));
  reader_ = connection_->stub().ListRange(context_.get(), request_);
}

bool RecordStream::Messages::Read(v1::ListRangeResponse& message) {
  while (reader_ != nullptr) {
    if (reader_->Read(&message)) {
      request_.set_resume_token(message.resume_token());
      attempts_ = 0;
      backoff_ = connection_->options().retry.initial_backoff;
      return true;
    }
    if (!Reopen()) return false;
  }
  return false;
}

bool RecordStream::Messages::Reopen() {
  const grpc::Status status = reader_->Finish();
  reader_ = nullptr;
  const RetryOptions& retry = connection_->options().retry;
  const bool again = status.error_code() == grpc::StatusCode::UNAVAILABLE &&
                     attempts_ < retry.max_attempts && absl::Now() + backoff_ < deadline_;
  if (!again) {
    status_ = connection_->Explain(status, connection_->options().list_timeout);
    return false;
  }
  absl::SleepFor(backoff_);
  backoff_ = std::min(2 * backoff_, retry.max_backoff);
  Open();
  return true;
}

RecordStream::RecordStream(std::unique_ptr<Messages> messages) : messages_(std::move(messages)) {}
RecordStream::RecordStream(RecordStream&&) noexcept = default;
RecordStream& RecordStream::operator=(RecordStream&&) noexcept = default;
RecordStream::~RecordStream() = default;

const v1::PortRecord* RecordStream::Next() {
  while (next_ == message_.records_size()) {
    resume_token_ = message_.resume_token();
    if (!messages_->Read(message_)) {
      message_.clear_records();
      next_ = 0;
      status_ = messages_->status();
      return nullptr;
    }
    next_ = 0;
  }
  return &message_.records(next_++);
}

}  // namespace portreg
