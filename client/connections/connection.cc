#include "client/connections/connection.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/calls/grpc_time.h"
#include "client/calls/status.h"
#include "client/connections/channel.h"
#include "client/connections/connect_failure.h"

namespace portreg::internal {

absl::Duration Connection::ConnectTimeout(const CheckedCallOptions& terms) const {
  return std::min(options_.timeout, terms.timeout());
}

absl::Status Connection::AwaitConnection(absl::Duration timeout) const {
  const std::shared_ptr<grpc::Channel> channel = this->channel();
  if (channel == nullptr) return absl::OkStatus();
  const MonotonicTime deadline = MonotonicTime::Now() + timeout;
  while (true) {
    const grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
    // What a failed connection means is the call's to say.
    if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return absl::OkStatus();
    }
    if (!channel->WaitForStateChange(state, ToGrpcTime(deadline))) {
      return NoConnection(timeout);
    }
  }
}

bool Connection::HasAsyncCalls() const {
  const Line line = CurrentLine();
  return line.channel != nullptr || line.stub->async() != nullptr;
}

bool Connection::EndedWithoutMessage(const grpc::Status& status) {
  // gRPC's words for OK without a message, in blocking calls.
  return status.ok() || (status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
                         status.error_message() == "No message returned for unary request");
}

bool Connection::connected() const {
  const std::shared_ptr<grpc::Channel> channel =
      renewed_ != nullptr ? renewed_->Latest().channel : line_.channel;
  return channel == nullptr || channel->GetState(false) == GRPC_CHANNEL_READY;
}

absl::Status Connection::NoConnection(absl::Duration timeout) const {
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), " within ",
                                             absl::FormatDuration(timeout)));
}

absl::Status Connection::Explain(const grpc::Status& status, absl::Duration timeout) const {
  if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return Explain(status);
  if (!connected()) return NoConnection(timeout);
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(timeout)));
}

absl::Status Connection::Explain(const grpc::Status& status) const {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return FromGrpcStatus(status);
  std::string text = ExplainConnectFailure(status.error_message(), options_);
  const absl::Status problem = renewed_ != nullptr ? renewed_->problem() : absl::OkStatus();
  // Old certificates are in use, and perhaps no longer good.
  if (!text.empty() && !problem.ok()) {
    absl::StrAppend(&text, "; the TLS files have changed and are not in use: ", problem.message());
  }
  if (text.empty()) return FromGrpcStatus(status);
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), ": ", text));
}

}  // namespace portreg::internal
