#include "client/watches/watch.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/calls/callback_scope.h"
#include "client/calls/grpc_time.h"
#include "client/calls/methods.h"
#include "client/calls/status.h"
#include "client/replies/reply_check.h"

namespace portreg::internal {
namespace {

constexpr absl::Duration kMinBackoff = absl::Milliseconds(1);
constexpr absl::Duration kMaxBackoff = absl::Hours(1);

absl::Status CheckBackoff(absl::string_view field, absl::Duration value) {
  if (kMinBackoff <= value && value <= kMaxBackoff) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("WatchOptions.", field, " is ", absl::FormatDuration(value), ", it must be ",
                   absl::FormatDuration(kMinBackoff), " to ", absl::FormatDuration(kMaxBackoff)));
}

absl::StatusOr<CheckedCallOptions> TermsOf(const WatchOptions& options) {
  for (const absl::Status& status : {CheckBackoff("initial_backoff", options.initial_backoff),
                                     CheckBackoff("max_backoff", options.max_backoff)}) {
    if (!status.ok()) return status;
  }
  return CheckedCallOptions::Create({.timeout = {}, .metadata = options.metadata},
                                    {absl::InfiniteDuration(), "no timeout"});
}

// Whether another stream would fare no better.
bool IsPermanent(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kInvalidArgument:
      return true;
    default:
      return false;
  }
}

}  // namespace

// One stream of gRPC's, which reads until that fails.
class Watch::Stream final : public grpc::ClientReadReactor<v1::WatchResponse> {
 public:
  Stream(std::shared_ptr<Watch> watch, const std::string& revision) : watch_(std::move(watch)) {
    request_.set_revision(revision);
  }

  grpc::ClientContext& context() { return context_; }

  void Start(const Connection& connection) {
    connection.Start(kWatch, &context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (const std::string fault = FaultOf(request_, message_); !fault.empty()) {
      fault_ = BrokenReply(NameOf(kWatch.path), fault);
      // The stream ends as soon as nothing is read any more.
      context_.TryCancel();
      return;
    }
    watch_->OnMessage(message_);
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    const std::unique_ptr<Stream> self(this);
    watch_->OnEnd(fault_.ok() ? status : ToGrpcStatus(fault_));
  }

  const std::shared_ptr<Watch> watch_;
  grpc::ClientContext context_;
  v1::WatchRequest request_;
  v1::WatchResponse message_;
  // What a message broke of the contract.
  absl::Status fault_;
};

Watch::Watch(std::shared_ptr<const Connection> connection, RevisionCallback on_revision,
             WatchOptions options)
    : connection_(std::move(connection)),
      terms_(TermsOf(options)),
      on_revision_(std::move(on_revision)),
      options_(std::move(options)),
      backoff_(options_.initial_backoff, options_.max_backoff) {}

void Watch::Start() {
  if (terms_.ok()) {
    Open();
  } else {
    End(terms_.status());
  }
}

void Watch::Open() {
  if (!connection_->HasAsyncCalls()) {
    End(absl::UnimplementedError("the stub has no asynchronous calls"));
    return;
  }
  Stream* stream;
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return;
    // Deletes itself when it is over.
    // Without a revision, the server tells at once what it serves: that it is back.
    stream = stream_ = new Stream(shared_from_this(), interrupted_ ? "" : options_.revision);
    terms_->Apply(MonotonicTime::InfiniteFuture(), stream->context());
    stream->context().set_wait_for_ready(awaits_connection_);
    ++number_;
    opened_ = MonotonicTime::Now();
    has_spoken_ = given_up_ = false;
    // A channel whose certificates are no longer good would be waited for for ever.
    if (!awaits_connection_ || connection_->renews()) LimitFirstWord();
  }
  stream->Start(*connection_);
}

void Watch::LimitFirstWord() {
  first_word_alarm_ = std::make_unique<grpc::Alarm>();
  first_word_alarm_->Set(ToGrpcTime(opened_ + connection_->options().timeout),
                         [weak = weak_from_this(), stream = number_](bool expired) {
                           const std::shared_ptr<Watch> self = weak.lock();
                           if (expired && self != nullptr) self->OnSilence(stream);
                         });
}

void Watch::OnSilence(int stream) {
  const bool connected = connection_->connected();
  const std::lock_guard lock(mutex_);
  // A server may be silent to those who know its revision.
  const bool may_be_silent = connected && !options_.revision.empty();
  if (stream_ == nullptr || stream != number_ || has_spoken_ || may_be_silent) return;
  given_up_ = true;
  stream_->context().TryCancel();
}

void Watch::OnMessage(const v1::WatchResponse& message) {
  bool is_back;
  bool is_new;
  {
    const std::lock_guard lock(mutex_);
    has_spoken_ = true;
    is_back = std::exchange(interrupted_, false);
    awaits_connection_ = false;
    // Replicas may take turns, and one may repeat what another has told.
    is_new = message.revision() != options_.revision;
    if (is_new) {
      options_.revision = message.revision();
      backoff_.Reset();
    }
  }
  if (is_back) {
    Tell([&] {
      if (options_.on_recovery != nullptr) options_.on_recovery();
    });
  }
  if (is_new) {
    Tell([&] {
      if (on_revision_ != nullptr) on_revision_(message);
    });
  }
}

void Watch::OnEnd(const grpc::Status& status) {
  absl::Status end;
  bool tells = false;
  bool waited = false;
  {
    const std::lock_guard lock(mutex_);
    stream_ = nullptr;
    waited = given_up_ && awaits_connection_;
    if (first_word_alarm_ != nullptr) first_word_alarm_->Cancel();
    end = Explain(status);
    // Silence for so long is a server that has nothing to tell.
    if (MonotonicTime::Now() - opened_ >= options_.max_backoff) {
      backoff_.Reset();
      interrupted_ = false;
    }
    awaits_connection_ = absl::IsUnavailable(end) && !connection_->connected();
    if (!end.ok() && !IsPermanent(end.code())) tells = !std::exchange(interrupted_, true);
  }
  if (IsPermanent(end.code())) {
    End(end);
    return;
  }
  if (tells) {
    Tell([&] {
      if (options_.on_interruption != nullptr) options_.on_interruption(end);
    });
  }
  // A pause after that would keep it from seeing a server that comes back.
  if (waited) {
    Open();
  } else {
    Pause();
  }
}

absl::Status Watch::Explain(const grpc::Status& end) const {
  if (given_up_) {
    return connection_->Explain({grpc::StatusCode::DEADLINE_EXCEEDED, std::string()},
                                connection_->options().timeout);
  }
  // A server ends a stream with OK only after a long time.
  if (end.ok() && !has_spoken_ && MonotonicTime::Now() - opened_ < options_.max_backoff) {
    return absl::UnavailableError("the server ended the watch before it told a revision");
  }
  return connection_->Explain(end);
}

void Watch::Pause() {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return;
  // gRPC's alarm keeps its callback when that has run, and would keep the watch
  // by it; and it is for one use, if threads are to be kept apart.
  pause_alarm_ = std::make_unique<grpc::Alarm>();
  pause_alarm_->Set(ToGrpcTime(MonotonicTime::Now() + backoff_.Next()),
                    [self = shared_from_this()](bool /*expired*/) mutable {
                      std::exchange(self, nullptr)->Open();
                    });
}

void Watch::End(const absl::Status& status) {
  Tell([&] {
    if (options_.on_end != nullptr) options_.on_end(status);
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  });
}

template <typename Function>
void Watch::Tell(Function function) {
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return;
    caller_ = std::this_thread::get_id();
  }
  {
    const CallbackScope scope;
    function();
  }
  {
    std::unique_lock lock(mutex_);
    if (cancelled_) {
      // By the callback itself, perhaps, which could not let go of itself; others
      // wait until it is gone.
      lock.unlock();
      DropCallbacks();
      lock.lock();
    }
    caller_ = {};
  }
  told_.notify_all();
}

void Watch::Cancel() {
  {
    std::unique_lock lock(mutex_);
    cancelled_ = true;
    if (stream_ != nullptr) stream_->context().TryCancel();
    if (first_word_alarm_ != nullptr) first_word_alarm_->Cancel();
    if (pause_alarm_ != nullptr) pause_alarm_->Cancel();
    if (caller_ == std::this_thread::get_id()) return;
    told_.wait(lock, [this] { return caller_ == std::thread::id(); });
  }
  DropCallbacks();
}

void Watch::DropCallbacks() {
  RevisionCallback on_revision;
  StatusCallback on_interruption;
  RecoveryCallback on_recovery;
  StatusCallback on_end;
  const std::lock_guard lock(mutex_);
  on_revision_.swap(on_revision);
  options_.on_interruption.swap(on_interruption);
  options_.on_recovery.swap(on_recovery);
  options_.on_end.swap(on_end);
}

}  // namespace portreg::internal
