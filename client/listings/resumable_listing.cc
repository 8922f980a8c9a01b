#include "client/listings/resumable_listing.h"

#include <string>

#include "client/calls/methods.h"
#include "client/replies/reply_check.h"
#include "common/system/monotonic_time.h"

namespace portreg::internal {

void ResumableListing::Prepare(grpc::ClientContext& context) {
  if (!begun_) deadline_ = terms_.Deadline();
  begun_ = true;
  has_yielded_ = false;
  terms_.Apply(deadline_, context);
  // A server that restarts is back in a moment.
  context.set_wait_for_ready(resumed_);
}

absl::Status ResumableListing::Take(const v1::ListRangeResponse& message, size_t bytes) {
  if (const std::string fault = check_.FaultOfMessage(message, bytes); !fault.empty()) {
    return BrokenReply(NameOf(kListRange.path), fault);
  }
  request_.set_resume_token(message.resume_token());
  has_yielded_ = true;
  return absl::OkStatus();
}

absl::Status ResumableListing::Check(const v1::PortRecord& record) {
  const std::string fault = check_.FaultOfRecord(record);
  if (fault.empty()) return absl::OkStatus();
  return BrokenReply(NameOf(kListRange.path), fault);
}

bool ResumableListing::Resume(const grpc::Status& end) {
  const bool broken = end.error_code() == grpc::StatusCode::UNAVAILABLE && has_yielded_;
  // Without a token the next stream would begin anew.
  if (request_.resume_token().empty()) return false;
  if (!broken || connection_->options().retry.max_attempts == 1) return false;
  resumed_ = true;
  return MonotonicTime::Now() + Pause() < deadline_;
}

absl::Status ResumableListing::Explain(const grpc::Status& end) const {
  if (end.ok() && check_.empty()) return BrokenReply(NameOf(kListRange.path), kNoMessage);
  return connection_->Explain(end, terms_.timeout());
}

}  // namespace portreg::internal
