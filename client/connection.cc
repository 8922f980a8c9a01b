#include "client/connection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/channel.h"

namespace portreg::internal {

namespace {

absl::Status NoConnection(const ClientOptions& options, absl::Duration timeout) {
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options), " within ",
                                             absl::FormatDuration(timeout)));
}

}  // namespace

absl::Status Connection::AwaitConnection(absl::Time deadline) const {
  if (channel_ == nullptr) return absl::OkStatus();
  const absl::Time now = absl::Now();
  const absl::Duration patience = std::min(options_.timeout, deadline - now);
  while (true) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    // What a failed connection means is the call's to say.
    if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return absl::OkStatus();
    }
    if (!channel_->WaitForStateChange(state, absl::ToChronoTime(now + patience))) {
      return NoConnection(options_, std::min(options_.timeout, options_.list_timeout));
    }
  }
}

absl::Status Connection::Explain(const grpc::Status& status, absl::Duration timeout) const {
  if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return FromGrpcStatus(status);
  if (channel_ != nullptr && channel_->GetState(false) != GRPC_CHANNEL_READY) {
    return NoConnection(options_, timeout);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(timeout)));
}

}  // namespace portreg::internal
