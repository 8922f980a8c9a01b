#include "client/lookups/lookup_call.h"

#include <utility>

#include "absl/status/status.h"
#include "portreg/error.h"

namespace portreg::internal {

LookupCall::LookupCall(std::unique_ptr<LookupBatch> batch)
    : size_(batch->size()), batch_(std::move(batch)) {}

void LookupCall::Start(const Backend& backend, const CallMetadata& metadata, LookupRpc::Done done) {
  LookupRpc* rpc;
  const v1::BatchLookupRequest* request;
  {
    const MutexLock lock(mutex_);
    rpc_ = backend.NewLookupRpc({.deadline = batch_->latest(), .metadata = metadata});
    rpc = rpc_.get();
    request = &batch_->request();
    CancelIfUnwantedLocked();
  }
  if (size_ == 1) {
    rpc->StartSingle(request->requests(0), answer_, std::move(done));
  } else {
    rpc->StartBatch(*request, answers_, std::move(done));
  }
}

void LookupCall::CancelIfUnwanted() {
  const MutexLock lock(mutex_);
  CancelIfUnwantedLocked();
}

void LookupCall::CancelIfUnwantedLocked() {
  if (rpc_ != nullptr && !batch_->AnyWaits()) rpc_->Cancel();
}

void LookupCall::ClaimExpired(MonotonicTime now, LookupBatch::Lookups& expired) {
  const MutexLock lock(mutex_);
  batch_->ClaimExpired(now, expired);
  CancelIfUnwantedLocked();
}

MonotonicTime LookupCall::earliest() const {
  const MutexLock lock(mutex_);
  return batch_->earliest();
}

void LookupCall::Finish(const grpc::Status& status, const Backend& backend) {
  LookupBatch::Lookups lookups;
  {
    const MutexLock lock(mutex_);
    lookups = batch_->ClaimAll();
  }
  for (size_t i = 0; i < lookups.size(); ++i) {
    const std::shared_ptr<GatheredLookup> lookup = std::move(lookups[i]);
    if (lookup == nullptr) continue;
    if (status.ok()) {
      lookup->Finish(OutcomeAt(i));
    } else {
      lookup->Finish(backend.Explain(status, lookup->timeout()));
    }
  }
}

std::vector<std::unique_ptr<LookupBatch>> LookupCall::Split(size_t parts, MonotonicTime now) {
  const MutexLock lock(mutex_);
  return batch_->Split(parts, now);
}

absl::StatusOr<v1::LookupResponse> LookupCall::OutcomeAt(size_t index) {
  if (size_ == 1) return std::move(answer_);
  v1::LookupResult& result = *answers_.mutable_results(static_cast<int>(index));
  if (absl::Status status = ToStatus(result); !status.ok()) return status;
  result.mutable_response()->set_revision(answers_.revision());
  return std::move(*result.mutable_response());
}

}  // namespace portreg::internal
