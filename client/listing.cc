#include "client/listing.h"

#include "common/monotonic_time.h"

namespace portreg::internal {

void Listing::Prepare(grpc::ClientContext& context) {
  if (!begun_) deadline_ = terms_.Deadline();
  begun_ = true;
  has_yielded_ = false;
  terms_.Apply(deadline_, context);
  // A server that restarts is back in a moment.
  context.set_wait_for_ready(resumed_);
}

void Listing::Note(const v1::ListRangeResponse& message) {
  request_.set_resume_token(message.resume_token());
  has_yielded_ = true;
}

bool Listing::Resume(const grpc::Status& end) {
  const bool broken = end.error_code() == grpc::StatusCode::UNAVAILABLE && has_yielded_;
  if (!broken || connection_->options().retry.max_attempts == 1) return false;
  resumed_ = true;
  return MonotonicTime::Now() + Pause() < deadline_;
}

}  // namespace portreg::internal
