#include "client/listings/resumable_listing.h"

#include <string>

#include "client/calls/methods.h"
#include "client/replies/reply_check.h"

namespace portreg::internal {

CallTerms ResumableListing::NextTerms() {
  if (!begun_) deadline_ = backend_->clock().Now() + options_.timeout();
  begun_ = true;
  has_yielded_ = false;
  // After a break: a server that restarts is back soon.
  return {.deadline = deadline_, .metadata = options_.metadata(), .wait_for_ready = resumed_};
}

absl::Status ResumableListing::Take(const v1::ListRangeResponse& message, size_t bytes) {
  if (const std::string fault = validator_.FaultOfMessage(message, bytes); !fault.empty()) {
    return BrokenReply(NameOf(kListRange.path), fault);
  }
  request_.set_resume_token(message.resume_token());
  has_yielded_ = true;
  return absl::OkStatus();
}

absl::Status ResumableListing::Check(const v1::PortRecord& record) {
  const std::string fault = validator_.FaultOfRecord(record);
  if (fault.empty()) return absl::OkStatus();
  return BrokenReply(NameOf(kListRange.path), fault);
}

bool ResumableListing::Resume(const grpc::Status& end) {
  const bool broken = end.error_code() == grpc::StatusCode::UNAVAILABLE && has_yielded_;
  // Without a token the next stream would begin at the first record again.
  if (request_.resume_token().empty()) return false;
  if (!broken || backend_->options().retry.max_attempts == 1) return false;
  resumed_ = true;
  return backend_->clock().Now() + Pause() < deadline_;
}

absl::Status ResumableListing::Explain(const grpc::Status& end) const {
  if (end.ok() && validator_.empty()) return BrokenReply(NameOf(kListRange.path), kNoMessage);
  return backend_->Explain(end, options_.timeout());
}

}  // namespace portreg::internal
