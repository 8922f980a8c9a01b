#include "client/listings/async_listing.h"

#include <utility>

#include "client/calls/callback_scope.h"

namespace portreg::internal {
namespace {

using Message = std::optional<v1::ListRangeResponse>;

// Returns the outcome of every Next() after a listing ended with `verdict`.
absl::StatusOr<Message> Outcome(const absl::Status& verdict) {
  if (!verdict.ok()) return verdict;
  return Message();
}

absl::Status Cancelled() { return absl::CancelledError("the listing was cancelled"); }

}  // namespace

AsyncListing::AsyncListing(std::shared_ptr<const Backend> backend, ResumableListing listing)
    : backend_(std::move(backend)), listing_(std::move(listing)) {}

AsyncListing::AsyncListing(absl::Status status)
    : state_(State::kOver), verdict_(std::move(status)) {}

void AsyncListing::Next(MessageCallback callback) {
  MessageCallback refused;
  absl::StatusOr<Message> refusal = Message();
  bool opens = false;
  std::shared_ptr<MessageStream> reads;
  {
    const MutexLock lock(mutex_);
    if (callback_ != nullptr) {
      refused = std::move(callback);
      refusal = absl::FailedPreconditionError("the message before this one is still awaited");
    } else if (state_ == State::kOver) {
      refused = std::move(callback);
      refusal = Outcome(verdict_);
    } else {
      callback_ = std::move(callback);
      opens = state_ == State::kNew;
      if (state_ == State::kIdle) reads = stream_;
      if (state_ != State::kPausing) state_ = State::kReading;
    }
  }
  if (refused != nullptr) std::move(refused)(std::move(refusal));
  if (opens) Open();
  if (reads != nullptr) reads->Read();
}

void AsyncListing::Open() {
  std::shared_ptr<MessageStream> stream;
  {
    const MutexLock lock(mutex_);
    if (verdict_.ok() && !backend_->HasAsyncCalls()) {
      verdict_ = absl::UnimplementedError("the stub has no asynchronous calls");
    }
    if (verdict_.ok()) {
      const bool resumed = listing_->resumed();
      const CallTerms terms = listing_->NextTerms();
      stream_ = stream = backend_->NewListing(listing_->request(), terms, shared_from_this());
      state_ = State::kReading;
      if (!resumed) {
        connect_alarm_ =
            backend_->clock().SetAlarm(backend_->clock().Now() + listing_->ConnectTimeout(),
                                       [weak = weak_from_this()](bool expired) {
                                         const std::shared_ptr<AsyncListing> self = weak.lock();
                                         if (expired && self != nullptr) self->OnConnectTimeout();
                                       });
      }
    }
  }
  if (stream != nullptr) {
    stream->Start();
  } else {
    End();
  }
}

bool AsyncListing::OnMessage(v1::ListRangeResponse message) {
  MessageCallback callback;
  {
    const MutexLock lock(mutex_);
    if (connect_alarm_ != nullptr) connect_alarm_->Cancel();
    // Read on, until the stream that was cancelled fails to read.
    if (!verdict_.ok()) return true;
    verdict_ = Check(message);
    if (!verdict_.ok()) {
      stream_->Cancel();
      return true;
    }
    state_ = State::kIdle;
    callback = std::exchange(callback_, nullptr);
  }
  const CallbackScope scope;
  std::move(callback)(Message(std::move(message)));
  return false;
}

absl::Status AsyncListing::Check(const v1::ListRangeResponse& message) {
  absl::Status status = listing_->Take(message, message.ByteSizeLong());
  for (const v1::PortRecord& record : message.records()) {
    if (!status.ok()) return status;
    status = listing_->Check(record);
  }
  return status;
}

void AsyncListing::OnEnd(const grpc::Status& status) {
  {
    const MutexLock lock(mutex_);
    if (connect_alarm_ != nullptr) connect_alarm_->Cancel();
    stream_ = nullptr;
    if (verdict_.ok() && listing_->Resume(status)) {
      state_ = State::kPausing;
      pause_alarm_ =
          backend_->clock().SetAlarm(backend_->clock().Now() + listing_->Pause(),
                                     [self = shared_from_this()](bool) { self->Open(); });
      return;
    }
    if (verdict_.ok()) verdict_ = listing_->Explain(status);
  }
  End();
}

void AsyncListing::OnConnectTimeout() {
  const MutexLock lock(mutex_);
  if (stream_ == nullptr || !verdict_.ok() || backend_->connected()) return;
  verdict_ = backend_->NoConnection(listing_->ConnectTimeout());
  stream_->Cancel();
}

void AsyncListing::End() {
  MessageCallback callback;
  absl::StatusOr<Message> outcome = Message();
  {
    const MutexLock lock(mutex_);
    state_ = State::kOver;
    outcome = Outcome(verdict_);
    callback = std::exchange(callback_, nullptr);
  }
  const CallbackScope scope;
  if (callback != nullptr) std::move(callback)(std::move(outcome));
}

void AsyncListing::Cancel() {
  std::shared_ptr<MessageStream> drains;
  {
    const MutexLock lock(mutex_);
    if (!verdict_.ok() || state_ == State::kOver) return;
    verdict_ = Cancelled();
    if (state_ == State::kNew) state_ = State::kOver;
    if (state_ == State::kPausing) pause_alarm_->Cancel();
    if (stream_ != nullptr) stream_->Cancel();
    // A stream ends only when a read fails.
    if (state_ == State::kIdle) {
      drains = stream_;
      state_ = State::kReading;
    }
  }
  if (drains != nullptr) drains->Read();
}

}  // namespace portreg::internal
