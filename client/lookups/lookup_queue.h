// Gathers lookups while others are under way.
#ifndef PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_
#define PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/cancellable.h"
#include "client/calls/checked_call_options.h"
#include "client/calls/clock.h"
#include "client/connections/backend.h"
#include "client/lookups/lookup_batch.h"
#include "client/lookups/lookup_call.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

struct CoalescingTerms {
  // Calls in flight before further lookups are gathered.
  int calls = 2;
  // Lookups that have gathered for so long are sent all the same, because the
  // calls in flight may hang at one server of several.
  absl::Duration patience = absl::Milliseconds(100);
  // How long a server that lacks BatchLookup is not asked for it again.
  absl::Duration single_period = absl::Minutes(1);
};

// Holds what the queues of a client share. Thread-safe.
class Coalescing {
 public:
  Coalescing(std::shared_ptr<const Backend> backend, const CoalescingTerms& terms)
      : backend_(std::move(backend)), terms_(terms) {}

  [[nodiscard]] const Backend& backend() const { return *backend_; }
  [[nodiscard]] Clock& clock() const { return backend_->clock(); }
  [[nodiscard]] const CoalescingTerms& terms() const { return terms_; }

  // Returns true if the server was found to lack BatchLookup within the last
  // single_period.
  [[nodiscard]] bool ServerLacksBatches() const;
  void NoteServerLacksBatches();

 private:
  const std::shared_ptr<const Backend> backend_;
  const CoalescingTerms terms_;
  // In nanoseconds of MonotonicTime; 0 as long as the server has it.
  std::atomic<int64_t> single_until_{0};
};

// Sends the lookups of one client that have equal metadata. A lookup is sent at
// once while fewer than CoalescingTerms::calls are in flight. Otherwise it gathers
// with others, and all are sent together when one of those calls returns. No timer
// delays a lookup. Thread-safe; what it has in flight keeps it alive.
class LookupQueue : public std::enable_shared_from_this<LookupQueue> {
 public:
  LookupQueue(std::shared_ptr<Coalescing> coalescing, CallMetadata metadata)
      : coalescing_(std::move(coalescing)), metadata_(std::move(metadata)) {}
  LookupQueue(const LookupQueue&) = delete;
  LookupQueue& operator=(const LookupQueue&) = delete;

  // Looks up one key, and blocks until the answer has come.
  absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                            const CheckedCallOptions& call);

  // Looks up one key. The result cancels the lookup.
  std::shared_ptr<Cancellable> LookupAsync(const v1::LookupRequest& request,
                                           Callback<v1::LookupResponse> callback,
                                           const CheckedCallOptions& call);

 private:
  class QueuedLookup;

  // Returns true if the lookup must not share a call, nor wait for others.
  [[nodiscard]] bool GoesAlone(const v1::LookupRequest& request) const;
  [[nodiscard]] absl::Status TimedOut(absl::Duration timeout) const;
  // Ends a lookup that has been claimed with CANCELLED.
  void OnCancelled(const std::shared_ptr<GatheredLookup>& lookup);
  void CancelUnwantedCalls();

  // Takes a place in flight. Returns false if none is free.
  bool TakePlace() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives the place of a call that has ended to gathered lookups, and free places
  // too. `callbacks_ran`: the call was one that OnDone counted in finishing_.
  void PassPlaceOn(bool callbacks_ran = false);
  // Takes a place for the next batch in which a lookup waits. Returns null if
  // there is none.
  std::shared_ptr<LookupCall> NextCall() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<QueuedLookup> Gather(const v1::LookupRequest& request,
                                       Callback<v1::LookupResponse> callback,
                                       const CheckedCallOptions& call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Makes the call. `has_place`: passes its place on at its end.
  void Send(const std::shared_ptr<LookupCall>& call, bool has_place);
  // Makes a call for each lookup of `call`.
  void SendSingly(const std::shared_ptr<LookupCall>& call);
  void OnDone(const std::shared_ptr<LookupCall>& call, bool has_place, const grpc::Status& status);
  void Forget(const std::shared_ptr<LookupCall>& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Lets OnTime run at `time`, or earlier.
  void WakeAt(MonotonicTime time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Ends the lookups whose deadline has passed, and sends what has gathered for
  // too long.
  void OnTime();

  const std::shared_ptr<Coalescing> coalescing_;
  const CallMetadata metadata_;

  Mutex mutex_;
  // Calls that have a place, until their callbacks have run.
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  // Batches whose callbacks run. The lookups that these make gather, and are sent
  // together when all callbacks have run.
  int finishing_ ABSL_GUARDED_BY(mutex_) = 0;
  // The last one may have room; the others are full. Empty where a place is free
  // and no callbacks run.
  std::deque<std::unique_ptr<LookupBatch>> gathered_ ABSL_GUARDED_BY(mutex_);
  // The calls of lookups that gathered, while they are under way.
  std::vector<std::shared_ptr<LookupCall>> sent_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime wake_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfiniteFuture();
  std::unique_ptr<Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_
