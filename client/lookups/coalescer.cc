#include "client/lookups/coalescer.h"

#include <algorithm>
#include <utility>

namespace portreg::internal {
namespace {

constexpr size_t kFewQueues = 64;

}  // namespace

Coalescer::Coalescer(const std::shared_ptr<const Connection>& connection,
                     const CoalescingTerms& terms)
    : connection_(connection),
      coalescing_(std::make_shared<Coalescing>(connection, terms)),
      plain_(std::make_shared<LookupQueue>(coalescing_, CallMetadata())),
      clear_at_(kFewQueues) {}

absl::StatusOr<v1::LookupResponse> Coalescer::Lookup(const v1::LookupRequest& request,
                                                     const CallOptions& options) {
  const absl::StatusOr<CheckedCallOptions> call = connection_->Terms(options);
  if (!call.ok()) return call.status();
  return QueueFor(*call)->Lookup(request, *call);
}

PendingCall Coalescer::LookupAsync(const v1::LookupRequest& request,
                                   Callback<v1::LookupResponse> callback,
                                   const CallOptions& options) {
  const absl::StatusOr<CheckedCallOptions> call = connection_->Terms(options);
  if (!call.ok()) {
    std::move(callback)(call.status());
    return PendingCall({});
  }
  return PendingCall(QueueFor(*call)->LookupAsync(request, std::move(callback), *call));
}

std::shared_ptr<LookupQueue> Coalescer::QueueFor(const CheckedCallOptions& call) {
  if (call.metadata().empty()) return plain_;
  const absl::MutexLock lock(&mutex_);
  if (others_.size() >= clear_at_) {
    for (auto it = others_.begin(); it != others_.end();) {
      it = it->second.expired() ? others_.erase(it) : std::next(it);
    }
    clear_at_ = std::max(kFewQueues, 2 * others_.size());
  }
  std::weak_ptr<LookupQueue>& known = others_[call.metadata()];
  std::shared_ptr<LookupQueue> queue = known.lock();
  if (queue == nullptr) {
    queue = std::make_shared<LookupQueue>(coalescing_, call.metadata());
    known = queue;
  }
  return queue;
}

}  // namespace portreg::internal
