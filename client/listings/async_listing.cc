#include "client/listings/async_listing.h"

#include <utility>

#include "client/calls/callback_scope.h"
#include "client/calls/grpc_time.h"
#include "client/calls/methods.h"
#include "client/connections/connection.h"
#include "common/system/monotonic_time.h"

namespace portreg::internal {
namespace {

using Message = absl::optional<v1::ListRangeResponse>;

// What a listing that ended so gives to those who ask for more.
absl::StatusOr<Message> Outcome(const absl::Status& end) {
  if (!end.ok()) return end;
  return Message();
}

absl::Status Cancelled() { return absl::CancelledError("the listing was cancelled"); }

}  // namespace

// One stream of gRPC's. It is held open, since reads are started by whoever
// asks for them, until a read fails; then its end is its last word.
class AsyncListing::Stream final : public grpc::ClientReadReactor<v1::ListRangeResponse> {
 public:
  explicit Stream(std::shared_ptr<AsyncListing> reader) : reader_(std::move(reader)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  grpc::ClientContext& context() { return context_; }

  void Start(const Connection& connection, const v1::ListRangeRequest& request) {
    connection.Start(kListRange, &context_, &request, this);
    AddHold();
    Read();
    StartCall();
  }

  void Read() { StartRead(&message_); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) {
      RemoveHold();
    } else if (reader_->OnMessage(std::move(message_))) {
      Read();
    }
  }

  void OnDone(const grpc::Status& status) override {
    const std::unique_ptr<Stream> self(this);
    reader_->OnEnd(status);
  }

  const std::shared_ptr<AsyncListing> reader_;
  grpc::ClientContext context_;
  v1::ListRangeResponse message_;
};

AsyncListing::AsyncListing(ResumableListing listing) : listing_(std::move(listing)) {}

AsyncListing::AsyncListing(absl::Status status) : phase_(Phase::kOver), end_(std::move(status)) {}

void AsyncListing::Next(MessageCallback callback) {
  MessageCallback refused;
  absl::StatusOr<Message> refusal = Message();
  bool opens = false;
  Stream* reads = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (callback_ != nullptr) {
      refused = std::move(callback);
      refusal = absl::FailedPreconditionError("the message before this one is still awaited");
    } else if (phase_ == Phase::kOver) {
      refused = std::move(callback);
      refusal = Outcome(end_);
    } else {
      callback_ = std::move(callback);
      opens = phase_ == Phase::kNew;
      if (!opens && !reading_) reads = stream_;
      phase_ = Phase::kOpen;
      reading_ = true;
    }
  }
  if (refused != nullptr) std::move(refused)(std::move(refusal));
  if (opens) Open();
  if (reads != nullptr) reads->Read();
}

void AsyncListing::Open() {
  const Connection& connection = listing_->connection();
  if (!connection.HasAsyncCalls()) {
    End(absl::UnimplementedError("the stub has no asynchronous calls"));
    return;
  }
  // Deletes itself when it is over.
  auto* const stream = new Stream(shared_from_this());
  listing_->Prepare(stream->context());
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kOpen;
    stream_ = stream;
    reading_ = true;
    if (cancelled_) stream->context().TryCancel();
  }
  if (!listing_->resumed()) {
    connect_alarm_.Set(ToGrpcTime(MonotonicTime::Now() + listing_->ConnectTimeout()),
                       [weak = weak_from_this()](bool expired) {
                         const std::shared_ptr<AsyncListing> self = weak.lock();
                         if (expired && self != nullptr) self->OnConnectTimeout();
                       });
  }
  stream->Start(connection, listing_->request());
}

bool AsyncListing::OnMessage(v1::ListRangeResponse message) {
  connect_alarm_.Cancel();
  MessageCallback callback;
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_ || !fault_.ok()) return true;
    fault_ = Check(message);
    if (!fault_.ok()) {
      // What follows is of no use.
      stream_->context().TryCancel();
      return true;
    }
    reading_ = false;
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
  connect_alarm_.Cancel();
  absl::Status end;
  {
    const std::lock_guard lock(mutex_);
    stream_ = nullptr;
    reading_ = false;
    const bool given_up = cancelled_ || connect_timed_out_ || !fault_.ok();
    if (!given_up && listing_->Resume(status)) {
      phase_ = Phase::kPausing;
      // gRPC's alarm keeps its callback when that has run, and would keep the
      // reader by it; and it is for one use, if threads are to be kept apart.
      pause_alarm_ = std::make_unique<grpc::Alarm>();
      pause_alarm_->Set(ToGrpcTime(MonotonicTime::Now() + listing_->Pause()),
                        [self = shared_from_this()](bool /*expired*/) mutable {
                          std::exchange(self, nullptr)->OnPauseOver();
                        });
      return;
    }
    if (cancelled_) {
      end = Cancelled();
    } else if (!fault_.ok()) {
      end = fault_;
    } else if (connect_timed_out_) {
      end = listing_->connection().NoConnection(listing_->ConnectTimeout());
    } else {
      end = listing_->Explain(status);
    }
  }
  End(end);
}

void AsyncListing::OnConnectTimeout() {
  const std::lock_guard lock(mutex_);
  if (stream_ == nullptr || listing_->connection().connected()) return;
  connect_timed_out_ = true;
  stream_->context().TryCancel();
}

void AsyncListing::OnPauseOver() {
  bool cancelled;
  {
    const std::lock_guard lock(mutex_);
    cancelled = cancelled_;
  }
  if (cancelled) {
    End(Cancelled());
  } else {
    Open();
  }
}

void AsyncListing::End(const absl::Status& status) {
  MessageCallback callback;
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kOver;
    end_ = status;
    callback = std::exchange(callback_, nullptr);
  }
  const CallbackScope scope;
  if (callback != nullptr) std::move(callback)(Outcome(status));
}

void AsyncListing::Cancel() {
  Stream* drains = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_ || phase_ == Phase::kOver) return;
    cancelled_ = true;
    if (phase_ == Phase::kNew) {
      phase_ = Phase::kOver;
      end_ = Cancelled();
    }
    if (phase_ == Phase::kPausing) pause_alarm_->Cancel();
    if (stream_ != nullptr) {
      stream_->context().TryCancel();
      // What holds it open goes with the read that fails.
      if (!reading_) drains = stream_;
      reading_ = true;
    }
  }
  if (drains != nullptr) drains->Read();
}

}  // namespace portreg::internal
