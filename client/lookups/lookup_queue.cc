#include "client/lookups/lookup_queue.h"

#include <algorithm>
#include <functional>
#include <future>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "client/calls/grpc_time.h"
#include "client/calls/status.h"
#include "common/model/limits.h"

namespace portreg::internal {
namespace {

// A lookup that the server answers is far smaller; what is larger would be
// refused, and with it the whole batch if that passed the server's 256 KiB.
constexpr size_t kMaxLookupBytes = 256;
static_assert(kMaxBatchSize * (kMaxLookupBytes + 3) <= kMaxRequestBytes);

// Runs `function` on a thread of gRPC's. Whoever cancels may hold a lock that
// the callback takes.
void RunElsewhere(std::function<void()> function) {
  // An alarm that goes before it is due lets its callback run at once.
  grpc::Alarm().Set(ToGrpcTime(MonotonicTime::InfiniteFuture()),
                    [function = std::move(function)](bool /*expired*/) { function(); });
}

int64_t Nanoseconds(MonotonicTime time) { return absl::ToInt64Nanoseconds(time.since_epoch()); }

// Whether a batch may have failed so for what is in one of its lookups, or in
// the answer to it. A reply that is broken is INTERNAL too.
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

bool Coalescing::ServerLacksBatches() const {
  const int64_t until = single_until_.load(std::memory_order_relaxed);
  return until != 0 && Nanoseconds(MonotonicTime::Now()) < until;
}

void Coalescing::NoteServerLacksBatches() {
  single_until_.store(Nanoseconds(MonotonicTime::Now() + terms_.single_period),
                      std::memory_order_relaxed);
}

bool LookupQueue::GoesAlone(const v1::LookupRequest& request) const {
  if (coalescing_->ServerLacksBatches() || request.ByteSizeLong() > kMaxLookupBytes) return true;
  // What is not UTF-8 fails a whole batch; text that is mostly is ASCII.
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
  // A callback that blocks holds one of gRPC's few threads, which others' lookups
  // would need to return.
  const bool alone = CallbackScope::active() || GoesAlone(request);
  bool at_once = alone;
  if (!alone) {
    const std::lock_guard lock(mutex_);
    at_once = TakePlace();
  }
  if (at_once) {
    absl::StatusOr<v1::LookupResponse> answer =
        coalescing_->connection().Call(kLookup, request, call, call.Deadline());
    if (!alone) PassPlaceOn();
    return answer;
  }
  std::promise<absl::StatusOr<v1::LookupResponse>> promise;
  std::future<absl::StatusOr<v1::LookupResponse>> answer = promise.get_future();
  const std::shared_ptr<GatheredLookup> lookup = LookupAsync(
      request,
      [promise = std::move(promise)](absl::StatusOr<v1::LookupResponse> outcome) mutable {
        promise.set_value(std::move(outcome));
      },
      call);
  // Whoever waits here ends by the clock, even where callbacks hold the threads
  // that would tell.
  const auto deadline = lookup->deadline().ToChrono();
  if (answer.wait_until(deadline) == std::future_status::timeout && TakeOut(*lookup)) {
    return TimedOut(*lookup);
  }
  return answer.get();
}

absl::Status LookupQueue::TimedOut(const GatheredLookup& lookup) const {
  return coalescing_->connection().Explain({grpc::StatusCode::DEADLINE_EXCEEDED, std::string()},
                                           lookup.timeout());
}

std::shared_ptr<GatheredLookup> LookupQueue::LookupAsync(const v1::LookupRequest& request,
                                                         Callback<v1::LookupResponse> callback,
                                                         const CheckedCallOptions& call) {
  auto lookup = std::make_shared<GatheredLookup>(shared_from_this(), std::move(callback),
                                                 call.timeout(), call.Deadline());
  const bool alone = GoesAlone(request);
  std::shared_ptr<LookupBatch> batch;
  {
    const std::lock_guard lock(mutex_);
    if (!alone && !TakePlace()) {
      Gather(request, lookup);
      return lookup;
    }
    batch = std::make_shared<LookupBatch>(MonotonicTime::InfiniteFuture());
    batch->Add(request, lookup);
    batch->Close();
  }
  Send(batch, /*has_place=*/!alone);
  return lookup;
}

void LookupQueue::Gather(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup) {
  WakeAt(lookup->deadline());
  if (gathered_.empty() || !gathered_.back()->Takes()) {
    const MonotonicTime now = MonotonicTime::Now();
    gathered_.push_back(std::make_shared<LookupBatch>(now));
    WakeAt(now + coalescing_->terms().patience);
  }
  gathered_.back()->Add(request, std::move(lookup));
}

std::shared_ptr<LookupBatch> LookupQueue::Next() {
  while (!gathered_.empty()) {
    std::shared_ptr<LookupBatch> batch = std::move(gathered_.front());
    gathered_.pop_front();
    if (batch->Compact() == 0) continue;
    batch->Close();
    if (batch->size() > 1) sent_.push_back(batch.get());
    ++in_flight_;
    return batch;
  }
  return nullptr;
}

void LookupQueue::PassPlaceOn(bool callbacks_ran) {
  std::vector<std::shared_ptr<LookupBatch>> batches;
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (callbacks_ran) --finishing_;
    // Those whose callbacks still run will send what has gathered, with what
    // the callbacks ask for.
    if (finishing_ > 0) return;
    while (in_flight_ < coalescing_->terms().calls) {
      std::shared_ptr<LookupBatch> batch = Next();
      if (batch == nullptr) break;
      batches.push_back(std::move(batch));
    }
  }
  for (const std::shared_ptr<LookupBatch>& batch : batches) Send(batch, /*has_place=*/true);
}

void LookupQueue::Send(const std::shared_ptr<LookupBatch>& batch, bool has_place) {
  if (batch->size() > 1 && coalescing_->ServerLacksBatches()) {
    SendSingly(*batch);
    if (has_place) PassPlaceOn();
    return;
  }
  batch->Start(coalescing_->connection(), metadata_,
               [self = shared_from_this(), batch, has_place](const grpc::Status& status) {
                 self->OnDone(batch, has_place, status);
               });
}

void LookupQueue::SendSingly(LookupBatch& batch) {
  std::vector<std::shared_ptr<LookupBatch>> singles;
  {
    const std::lock_guard lock(mutex_);
    Forget(batch);
    singles = batch.Split(batch.size(), MonotonicTime::InfiniteFuture());
  }
  for (const std::shared_ptr<LookupBatch>& single : singles) Send(single, /*has_place=*/false);
}

void LookupQueue::OnDone(const std::shared_ptr<LookupBatch>& batch, bool has_place,
                         const grpc::Status& status) {
  const bool shared = batch->size() > 1;
  if (shared && status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    coalescing_->NoteServerLacksBatches();
    SendSingly(*batch);
    PassPlaceOn();
  } else if (shared && MayBeDueToOne(status)) {
    {
      const std::lock_guard lock(mutex_);
      Forget(*batch);
      const MonotonicTime now = MonotonicTime::Now();
      const std::vector<std::shared_ptr<LookupBatch>> halves = batch->Split(2, now);
      gathered_.insert(gathered_.begin(), halves.begin(), halves.end());
      WakeAt(now + coalescing_->terms().patience);
    }
    PassPlaceOn();
  } else {
    {
      const std::lock_guard lock(mutex_);
      Forget(*batch);
      batch->TakeAll();
      if (shared) ++finishing_;
    }
    batch->Finish(status, coalescing_->connection());
    if (has_place) PassPlaceOn(/*callbacks_ran=*/shared);
  }
}

void LookupQueue::Forget(LookupBatch& batch) {
  sent_.erase(std::remove(sent_.begin(), sent_.end(), &batch), sent_.end());
}

bool LookupQueue::TakeOut(GatheredLookup& lookup) {
  const std::lock_guard lock(mutex_);
  if (lookup.batch_ == nullptr) return false;
  lookup.batch_->Remove(lookup);
  return true;
}

void LookupQueue::Cancel(const std::shared_ptr<GatheredLookup>& lookup) {
  if (!TakeOut(*lookup)) return;
  RunElsewhere([lookup] { lookup->Finish(absl::CancelledError("CANCELLED")); });
}

void LookupQueue::WakeAt(MonotonicTime time) {
  if (wake_ <= time) return;
  wake_ = time;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(ToGrpcTime(time), [weak = weak_from_this()](bool expired) {
    const std::shared_ptr<LookupQueue> self = weak.lock();
    if (expired && self != nullptr) self->OnTime();
  });
}

void LookupQueue::OnTime() {
  LookupBatch::Lookups expired;
  std::shared_ptr<LookupBatch> overdue;
  {
    const std::lock_guard lock(mutex_);
    const MonotonicTime now = MonotonicTime::Now();
    const absl::Duration patience = coalescing_->terms().patience;
    if (!gathered_.empty() && gathered_.front()->since() + patience <= now) {
      overdue = Next();
    }
    MonotonicTime next = MonotonicTime::InfiniteFuture();
    for (LookupBatch* const batch : sent_) {
      batch->RemoveExpired(now, expired);
      next = std::min(next, batch->earliest());
    }
    for (const std::shared_ptr<LookupBatch>& batch : gathered_) {
      batch->RemoveExpired(now, expired);
      next = std::min({next, batch->earliest(), batch->since() + patience});
    }
    wake_ = MonotonicTime::InfiniteFuture();
    WakeAt(std::max(next, now + absl::Milliseconds(1)));
  }
  if (overdue != nullptr) Send(overdue, /*has_place=*/true);
  for (const std::shared_ptr<GatheredLookup>& lookup : expired) {
    lookup->Finish(TimedOut(*lookup));
  }
}

}  // namespace portreg::internal
