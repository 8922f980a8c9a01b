#include "client/lookups/lookup_queue.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "client/calls/callback_scope.h"
#include "client/calls/status.h"
#include "common/model/limits.h"

namespace portreg::internal {
namespace {

// A lookup that the server answers is far smaller. A larger one would be refused,
// and with it the whole batch if the batch exceeded the server's 256 KiB.
constexpr size_t kMaxLookupBytes = 256;
static_assert(kMaxBatchSize * (kMaxLookupBytes + 3) <= kMaxRequestBytes);

int64_t Nanoseconds(MonotonicTime time) { return absl::ToInt64Nanoseconds(time.since_epoch()); }

// Returns true if one lookup of a batch, or the answer to it, may have made the
// whole batch fail. A broken reply is INTERNAL too.
bool MayBeDueToOne(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return IsBatchReplyTooLarge(FromGrpcStatus(status));
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

// A lookup that gathers. Keeps the queue alive.
class LookupQueue::QueuedLookup final : public GatheredLookup,
                                        public Cancellable,
                                        public std::enable_shared_from_this<QueuedLookup> {
 public:
  QueuedLookup(std::shared_ptr<LookupQueue> queue, Callback<v1::LookupResponse> callback,
               absl::Duration timeout, MonotonicTime deadline)
      : GatheredLookup(std::move(callback), timeout, deadline), queue_(std::move(queue)) {}

  void Cancel() override {
    if (Claim()) queue_->OnCancelled(shared_from_this());
  }

 private:
  const std::shared_ptr<LookupQueue> queue_;
};

bool Coalescing::ServerLacksBatches() const {
  const int64_t until = single_until_.load(std::memory_order_relaxed);
  return until != 0 && Nanoseconds(clock().Now()) < until;
}

void Coalescing::NoteServerLacksBatches() {
  single_until_.store(Nanoseconds(clock().Now() + terms_.single_period), std::memory_order_relaxed);
}

bool LookupQueue::GoesAlone(const v1::LookupRequest& request) const {
  if (coalescing_->ServerLacksBatches() || request.ByteSizeLong() > kMaxLookupBytes) return true;
  // Text that is not UTF-8 fails a whole batch. All of a registry's names are ASCII.
  const std::string& service = request.service();
  return !std::all_of(service.begin(), service.end(), absl::ascii_isascii);
}

bool LookupQueue::TakePlace() {
  if (finishing_ > 0 || in_flight_ >= coalescing_->terms().calls) return false;
  ++in_flight_;
  return true;
}

absl::StatusOr<v1::LookupResponse> LookupQueue::Lookup(const v1::LookupRequest& request,
                                                       const CheckedCallOptions& call) {
  const MonotonicTime deadline = coalescing_->clock().Now() + call.timeout();
  // A callback that blocks holds one of gRPC's few threads, which other lookups
  // would need to return.
  if (CallbackScope::active() || GoesAlone(request)) {
    return coalescing_->backend().Lookup(request, call, deadline);
  }
  std::shared_ptr<QueuedLookup> lookup;
  std::future<absl::StatusOr<v1::LookupResponse>> answer;
  {
    const MutexLock lock(mutex_);
    if (!TakePlace()) {
      std::promise<absl::StatusOr<v1::LookupResponse>> promise;
      answer = promise.get_future();
      lookup = Gather(
          request,
          [promise = std::move(promise)](absl::StatusOr<v1::LookupResponse> outcome) mutable {
            promise.set_value(std::move(outcome));
          },
          call);
    }
  }
  if (lookup == nullptr) {
    absl::StatusOr<v1::LookupResponse> outcome =
        coalescing_->backend().Lookup(request, call, deadline);
    PassPlaceOn();
    return outcome;
  }
  // This thread watches the time itself, because callbacks may hold the threads
  // that otherwise do.
  if (answer.wait_until(lookup->deadline().ToChrono()) == std::future_status::timeout &&
      lookup->Claim()) {
    CancelUnwantedCalls();
    return TimedOut(lookup->timeout());
  }
  return answer.get();
}

absl::Status LookupQueue::TimedOut(absl::Duration timeout) const {
  return coalescing_->backend().Explain({grpc::StatusCode::DEADLINE_EXCEEDED, std::string()},
                                        timeout);
}

std::shared_ptr<Cancellable> LookupQueue::LookupAsync(const v1::LookupRequest& request,
                                                      Callback<v1::LookupResponse> callback,
                                                      const CheckedCallOptions& call) {
  const bool alone = GoesAlone(request);
  if (!alone) {
    const MutexLock lock(mutex_);
    if (!TakePlace()) return Gather(request, std::move(callback), call);
  }
  Callback<v1::LookupResponse> done;
  if (alone) {
    done = std::move(callback);
  } else {
    done = [self = shared_from_this(),
            callback = std::move(callback)](absl::StatusOr<v1::LookupResponse> outcome) mutable {
      // The callback is destroyed before the queue sends more.
      Callback<v1::LookupResponse>(std::move(callback))(std::move(outcome));
      self->PassPlaceOn();
    };
  }
  return coalescing_->backend().LookupAsync(
      request, call, coalescing_->clock().Now() + call.timeout(), std::move(done));
}

std::shared_ptr<LookupQueue::QueuedLookup> LookupQueue::Gather(
    const v1::LookupRequest& request, Callback<v1::LookupResponse> callback,
    const CheckedCallOptions& call) {
  const MonotonicTime now = coalescing_->clock().Now();
  auto lookup = std::make_shared<QueuedLookup>(shared_from_this(), std::move(callback),
                                               call.timeout(), now + call.timeout());
  WakeAt(lookup->deadline());
  if (gathered_.empty() || gathered_.back()->full()) {
    gathered_.push_back(std::make_unique<LookupBatch>(now));
    WakeAt(now + coalescing_->terms().patience);
  }
  gathered_.back()->Add(request, lookup);
  return lookup;
}

std::shared_ptr<LookupCall> LookupQueue::NextCall() {
  while (!gathered_.empty()) {
    std::unique_ptr<LookupBatch> batch = std::move(gathered_.front());
    gathered_.pop_front();
    if (batch->Compact() == 0) continue;
    sent_.push_back(std::make_shared<LookupCall>(std::move(batch)));
    ++in_flight_;
    return sent_.back();
  }
  return nullptr;
}

void LookupQueue::PassPlaceOn(bool callbacks_ran) {
  std::vector<std::shared_ptr<LookupCall>> calls;
  {
    const MutexLock lock(mutex_);
    --in_flight_;
    if (callbacks_ran) --finishing_;
    // The batches whose callbacks still run will send what has gathered, together
    // with the lookups that the callbacks make.
    if (finishing_ > 0) return;
    while (in_flight_ < coalescing_->terms().calls) {
      std::shared_ptr<LookupCall> call = NextCall();
      if (call == nullptr) break;
      calls.push_back(std::move(call));
    }
  }
  for (const std::shared_ptr<LookupCall>& call : calls) Send(call, /*has_place=*/true);
}

void LookupQueue::Send(const std::shared_ptr<LookupCall>& call, bool has_place) {
  if (call->size() > 1 && coalescing_->ServerLacksBatches()) {
    SendSingly(call);
    if (has_place) PassPlaceOn();
    return;
  }
  call->Start(coalescing_->backend(), metadata_,
              [self = shared_from_this(), call, has_place](const grpc::Status& status) {
                self->OnDone(call, has_place, status);
              });
}

void LookupQueue::SendSingly(const std::shared_ptr<LookupCall>& call) {
  std::vector<std::shared_ptr<LookupCall>> singles;
  {
    const MutexLock lock(mutex_);
    Forget(call);
    for (std::unique_ptr<LookupBatch>& batch :
         call->Split(call->size(), MonotonicTime::InfiniteFuture())) {
      singles.push_back(std::make_shared<LookupCall>(std::move(batch)));
    }
    sent_.insert(sent_.end(), singles.begin(), singles.end());
  }
  for (const std::shared_ptr<LookupCall>& single : singles) Send(single, /*has_place=*/false);
}

void LookupQueue::OnDone(const std::shared_ptr<LookupCall>& call, bool has_place,
                         const grpc::Status& status) {
  const bool shared = call->size() > 1;
  if (shared && status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    coalescing_->NoteServerLacksBatches();
    SendSingly(call);
    PassPlaceOn();
  } else if (shared && MayBeDueToOne(status)) {
    {
      const MutexLock lock(mutex_);
      Forget(call);
      const MonotonicTime now = coalescing_->clock().Now();
      std::vector<std::unique_ptr<LookupBatch>> halves = call->Split(2, now);
      gathered_.insert(gathered_.begin(), std::make_move_iterator(halves.begin()),
                       std::make_move_iterator(halves.end()));
      WakeAt(now + coalescing_->terms().patience);
    }
    PassPlaceOn();
  } else {
    {
      const MutexLock lock(mutex_);
      Forget(call);
      if (shared) ++finishing_;
    }
    call->Finish(status, coalescing_->backend());
    if (has_place) PassPlaceOn(/*callbacks_ran=*/shared);
  }
}

void LookupQueue::Forget(const std::shared_ptr<LookupCall>& call) {
  sent_.erase(std::remove(sent_.begin(), sent_.end(), call), sent_.end());
}

void LookupQueue::OnCancelled(const std::shared_ptr<GatheredLookup>& lookup) {
  // The caller may hold a lock that the callback takes.
  coalescing_->clock().RunElsewhere(
      [lookup] { lookup->Finish(absl::CancelledError("CANCELLED")); });
  CancelUnwantedCalls();
}

void LookupQueue::CancelUnwantedCalls() {
  std::vector<std::shared_ptr<LookupCall>> calls;
  {
    const MutexLock lock(mutex_);
    calls = sent_;
  }
  for (const std::shared_ptr<LookupCall>& call : calls) call->CancelIfUnwanted();
}

void LookupQueue::WakeAt(MonotonicTime time) {
  if (wake_ <= time) return;
  wake_ = time;
  alarm_ = coalescing_->clock().SetAlarm(time, [weak = weak_from_this()](bool expired) {
    const std::shared_ptr<LookupQueue> self = weak.lock();
    if (expired && self != nullptr) self->OnTime();
  });
}

void LookupQueue::OnTime() {
  LookupBatch::Lookups expired;
  std::shared_ptr<LookupCall> overdue;
  {
    const MutexLock lock(mutex_);
    const MonotonicTime now = coalescing_->clock().Now();
    const absl::Duration patience = coalescing_->terms().patience;
    if (!gathered_.empty() && gathered_.front()->since() + patience <= now) {
      overdue = NextCall();
    }
    MonotonicTime next = MonotonicTime::InfiniteFuture();
    for (const std::shared_ptr<LookupCall>& call : sent_) {
      // A single lookup has its call's deadline, which gRPC watches.
      if (call->size() == 1) continue;
      call->ClaimExpired(now, expired);
      next = std::min(next, call->earliest());
    }
    for (const std::unique_ptr<LookupBatch>& batch : gathered_) {
      batch->ClaimExpired(now, expired);
      next = std::min({next, batch->earliest(), batch->since() + patience});
    }
    wake_ = MonotonicTime::InfiniteFuture();
    WakeAt(std::max(next, now + absl::Milliseconds(1)));
  }
  if (overdue != nullptr) Send(overdue, /*has_place=*/true);
  for (const std::shared_ptr<GatheredLookup>& lookup : expired) {
    lookup->Finish(TimedOut(lookup->timeout()));
  }
}

}  // namespace portreg::internal
