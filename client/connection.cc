#include "client/connection.h"

#include "absl/strings/str_cat.h"
#include "client/channel.h"

namespace portreg::internal {

absl::Status Connection::Explain(const grpc::Status& status, absl::Duration timeout) const {
  const bool unconnected = channel_ != nullptr && channel_->GetState(false) != GRPC_CHANNEL_READY;
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && unconnected) {
    return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), " within ",
                                               absl::FormatDuration(timeout)));
  }
  return FromGrpcStatus(status);
}

}  // namespace portreg::internal
