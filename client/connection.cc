#include "client/connection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/callback_queue.h"
#include "client/channel.h"
#include "client/grpc_time.h"
#include "client/status.h"

namespace portreg::internal {

absl::Duration Connection::ConnectTimeout(const CallTerms& terms) const {
  return std::min(options_.timeout, terms.timeout());
}

absl::Status Connection::AwaitConnection(absl::Duration timeout) const {
  if (channel_ == nullptr) return absl::OkStatus();
  const MonotonicTime deadline = MonotonicTime::Now() + timeout;
  while (true) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    // What a failed connection means is the call's to say.
    if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return absl::OkStatus();
    }
    if (!channel_->WaitForStateChange(state, ToGrpcTime(deadline))) {
      return NoConnection(timeout);
    }
  }
}

Stub::async_interface* Connection::async_stub() const {
  if (channel_ != nullptr) KeepCallbackQueue();
  return stub_->async();
}

bool Connection::connected() const {
  return channel_ == nullptr || channel_->GetState(false) == GRPC_CHANNEL_READY;
}

absl::Status Connection::NoConnection(absl::Duration timeout) const {
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), " within ",
                                             absl::FormatDuration(timeout)));
}

absl::Status Connection::Explain(const grpc::Status& status, absl::Duration timeout) const {
  if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return FromGrpcStatus(status);
  if (!connected()) return NoConnection(timeout);
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(timeout)));
}

}  // namespace portreg::internal
