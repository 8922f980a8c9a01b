#include "client/lookups/batch_call.h"

#include <utility>

#include "absl/status/status.h"
#include "client/connections/unary_call.h"

namespace portreg::internal {

BatchCall::BatchCall(std::shared_ptr<const Connection> connection, CheckedCallOptions terms,
                     const v1::BatchLookupRequest& request,
                     Callback<v1::BatchLookupResponse> callback)
    : connection_(std::move(connection)),
      terms_(std::move(terms)),
      deadline_(terms_.Deadline()),
      request_(request),
      callback_(std::move(callback)),
      batch_(request_) {}

void BatchCall::Continue() {
  const v1::BatchLookupRequest* const part = batch_.Next();
  if (part == nullptr) {
    std::move(callback_)(std::move(batch_).Result());
    return;
  }
  const auto call = std::make_shared<UnaryCall<v1::BatchLookupRequest, v1::BatchLookupResponse>>(
      connection_, *part,
      [self = shared_from_this()](absl::StatusOr<v1::BatchLookupResponse> reply) {
        self->batch_.Take(std::move(reply));
        self->Continue();
      });
  bool cancelled;
  {
    const absl::MutexLock lock(&mutex_);
    part_ = call;
    cancelled = cancelled_;
  }
  if (cancelled) {
    std::move(callback_)(absl::CancelledError("CANCELLED"));
    return;
  }
  call->Start(kBatchLookup, terms_, deadline_);
}

void BatchCall::Cancel() {
  const absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  if (const std::shared_ptr<Cancellable> part = part_.lock(); part != nullptr) part->Cancel();
}

}  // namespace portreg::internal
