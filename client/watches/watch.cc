#include "client/watches/watch.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/calls/callback_scope.h"
#include "client/calls/methods.h"
#include "client/calls/status.h"
#include "client/replies/reply_check.h"

namespace portreg::internal {
namespace {

constexpr absl::Duration kMinBackoff = absl::Milliseconds(1);
constexpr absl::Duration kMaxBackoff = absl::Hours(1);
// A stream that lasts for so long and then ends with OK has ended as the server limits it, although
// nothing was sent.
constexpr absl::Duration kShortestWatch = absl::Seconds(1);

absl::Status CheckBackoff(absl::string_view field, absl::Duration value) {
  if (kMinBackoff <= value && value <= kMaxBackoff) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("WatchOptions.", field, " is ", absl::FormatDuration(value), ", it must be ",
                   absl::FormatDuration(kMinBackoff), " to ", absl::FormatDuration(kMaxBackoff)));
}

absl::StatusOr<CheckedCallOptions> CheckedOptions(const WatchOptions& options) {
  for (const absl::Status& status : {CheckBackoff("initial_backoff", options.initial_backoff),
                                     CheckBackoff("max_backoff", options.max_backoff)}) {
    if (!status.ok()) return status;
  }
  return CheckedCallOptions::Create({.timeout = {}, .metadata = options.metadata},
                                    {absl::InfiniteDuration(), "no timeout"});
}

// Returns true if another stream would fail with the code too.
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

Watch::Watch(std::shared_ptr<const Backend> backend, RevisionCallback on_revision,
             WatchOptions options)
    : backend_(std::move(backend)),
      options_(CheckedOptions(options)),
      max_backoff_(options.max_backoff),
      callbacks_{std::move(on_revision), std::move(options.on_interruption),
                 std::move(options.on_recovery), std::move(options.on_end)},
      revision_(std::move(options.revision)),
      backoff_(options.initial_backoff, options.max_backoff) {}

void Watch::Start() {
  if (options_.ok()) {
    Open();
  } else {
    End(options_.status());
  }
}

void Watch::Open() {
  if (!backend_->HasAsyncCalls()) {
    End(absl::UnimplementedError("the stub has no asynchronous calls"));
    return;
  }
  std::shared_ptr<MessageStream> stream;
  {
    const MutexLock lock(mutex_);
    if (cancelled_) return;
    // Without a revision the server sends its own at once, which shows that it is
    // back.
    request_.set_revision(interrupted_ ? "" : revision_);
    stream_ = stream = backend_->NewWatch(request_,
                                          {.deadline = MonotonicTime::InfiniteFuture(),
                                           .metadata = options_->metadata(),
                                           .wait_for_ready = awaits_connection_},
                                          shared_from_this());
    ++number_;
    opened_ = backend_->clock().Now();
    fault_ = absl::OkStatus();
    has_message_ = timed_out_ = false;
    // Without a limit, a channel with expired certificates would be waited for for
    // ever.
    if (!awaits_connection_ || backend_->renews()) LimitFirstMessage();
  }
  stream->Start();
}

void Watch::LimitFirstMessage() {
  first_message_alarm_ =
      backend_->clock().SetAlarm(opened_ + backend_->options().timeout,
                                 [weak = weak_from_this(), stream = number_](bool expired) {
                                   const std::shared_ptr<Watch> self = weak.lock();
                                   if (expired && self != nullptr) self->OnSilence(stream);
                                 });
}

void Watch::OnSilence(int stream) {
  const bool connected = backend_->connected();
  const MutexLock lock(mutex_);
  // A server sends nothing to those who know its revision.
  const bool may_be_silent = connected && !revision_.empty();
  if (stream_ == nullptr || stream != number_ || has_message_ || may_be_silent) return;
  timed_out_ = true;
  stream_->Cancel();
}

bool Watch::OnMessage(v1::WatchResponse message) {
  bool is_back;
  bool is_new;
  {
    const MutexLock lock(mutex_);
    if (!fault_.ok()) return true;
    if (const std::string fault = FaultOf(request_, message); !fault.empty()) {
      fault_ = BrokenReply(NameOf(kWatch.path), fault);
      // Read on: the stream ends when a read fails.
      stream_->Cancel();
      return true;
    }
    has_message_ = true;
    is_back = std::exchange(interrupted_, false);
    awaits_connection_ = false;
    // Streams may lead to several servers, of which one repeats what another sent.
    is_new = message.revision() != revision_;
    if (is_new) {
      revision_ = message.revision();
      backoff_.Reset();
    }
  }
  if (is_back) {
    Call([](Callbacks& callbacks) {
      if (callbacks.on_recovery != nullptr) callbacks.on_recovery();
    });
  }
  if (is_new) {
    Call([&](Callbacks& callbacks) {
      if (callbacks.on_revision != nullptr) callbacks.on_revision(message);
    });
  }
  return true;
}

void Watch::OnEnd(const grpc::Status& status) {
  absl::Status end;
  bool is_lost = false;
  bool waited = false;
  {
    const MutexLock lock(mutex_);
    stream_ = nullptr;
    waited = timed_out_ && awaits_connection_;
    if (first_message_alarm_ != nullptr) first_message_alarm_->Cancel();
    end = Explain(fault_.ok() ? status : ToGrpcStatus(fault_));
    // A stream that lasted for so long was good, although the server had nothing to send.
    const absl::Duration lasted = backend_->clock().Now() - opened_;
    if (lasted >= max_backoff_ || (end.ok() && lasted >= kShortestWatch)) {
      backoff_.Reset();
      interrupted_ = false;
    }
    awaits_connection_ = absl::IsUnavailable(end) && !backend_->connected();
    if (!end.ok() && !IsPermanent(end.code())) is_lost = !std::exchange(interrupted_, true);
  }
  if (IsPermanent(end.code())) {
    End(end);
    return;
  }
  if (is_lost) {
    Call([&](Callbacks& callbacks) {
      if (callbacks.on_interruption != nullptr) callbacks.on_interruption(end);
    });
  }
  // A stream that waited for a connection needs no pause, during which the server
  // might come back unseen.
  if (waited) {
    Open();
  } else {
    Pause();
  }
}

absl::Status Watch::Explain(const grpc::Status& end) const {
  if (timed_out_) {
    return backend_->Explain({grpc::StatusCode::DEADLINE_EXCEEDED, std::string()},
                             backend_->options().timeout);
  }
  if (end.ok() && !has_message_) {
    // A server sends nothing to a client that knows its revision, but does not end the stream
    // at once.
    const bool may_be_silent =
        !request_.revision().empty() && backend_->clock().Now() - opened_ >= kShortestWatch;
    if (!may_be_silent) {
      return absl::UnavailableError("the server ended the watch before it sent a revision");
    }
  }
  return backend_->Explain(end);
}

void Watch::Pause() {
  const MutexLock lock(mutex_);
  if (cancelled_) return;
  pause_alarm_ = backend_->clock().SetAlarm(backend_->clock().Now() + backoff_.Next(),
                                            [self = shared_from_this()](bool) { self->Open(); });
}

void Watch::End(const absl::Status& status) {
  Call([&](Callbacks& callbacks) {
    if (callbacks.on_end != nullptr) callbacks.on_end(status);
    const MutexLock lock(mutex_);
    cancelled_ = true;
  });
}

template <typename Function>
void Watch::Call(Function function) {
  const MutexLock calling(calling_);
  {
    const MutexLock lock(mutex_);
    if (cancelled_) return;
    caller_ = std::this_thread::get_id();
  }
  {
    const CallbackScope scope;
    function(callbacks_);
  }
  bool cancelled;
  {
    const MutexLock lock(mutex_);
    cancelled = cancelled_;
  }
  // Cancelled by the callback itself, perhaps, which could not destroy itself.
  // caller_ is still set, so that what is destroyed may cancel the watch again.
  if (cancelled) callbacks_ = Callbacks();
  const MutexLock lock(mutex_);
  caller_ = {};
}

void Watch::Cancel() {
  {
    const MutexLock lock(mutex_);
    cancelled_ = true;
    if (stream_ != nullptr) stream_->Cancel();
    if (first_message_alarm_ != nullptr) first_message_alarm_->Cancel();
    if (pause_alarm_ != nullptr) pause_alarm_->Cancel();
    if (caller_ == std::this_thread::get_id()) return;
  }
  Callbacks dropped;
  // Waits for a callback that runs.
  const MutexLock calling(calling_);
  std::swap(dropped, callbacks_);
}

}  // namespace portreg::internal
