// Lookups that gather while others are under way.
#ifndef PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_
#define PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "client/lookups/lookup_batch.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/alarm.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

struct CoalescingTerms {
  // So many calls in flight let further lookups gather.
  int calls = 2;
  // Lookups that have gathered for so long go out all the same: what is in
  // flight may hang at one server of several.
  absl::Duration patience = absl::Milliseconds(100);
  // For so long a server that lacks BatchLookup is not asked for it again.
  absl::Duration single_period = absl::Minutes(1);
};

// What a client's queues share.
class Coalescing {
 public:
  Coalescing(std::shared_ptr<const Connection> connection, const CoalescingTerms& terms)
      : connection_(std::move(connection)), terms_(terms) {}

  [[nodiscard]] const Connection& connection() const { return *connection_; }
  [[nodiscard]] const CoalescingTerms& terms() const { return terms_; }

  // Whether the server was found to lack BatchLookup, lately.
  [[nodiscard]] bool ServerLacksBatches() const;
  void NoteServerLacksBatches();

 private:
  const std::shared_ptr<const Connection> connection_;
  const CoalescingTerms terms_;
  // In nanoseconds of MonotonicTime; 0 as long as the server has it.
  std::atomic<int64_t> single_until_{0};
};

// The lookups of one client that come with the same metadata. One goes out at
// once while fewer than a few calls are in flight; else it gathers with others,
// and all go out together when one of those calls returns. No timer holds a
// lookup back. Any number of threads may use it at once; what it has in flight
// keeps it alive.
class LookupQueue : public std::enable_shared_from_this<LookupQueue> {
 public:
  LookupQueue(std::shared_ptr<Coalescing> coalescing, CallMetadata metadata)
      : coalescing_(std::move(coalescing)), metadata_(std::move(metadata)) {}
  LookupQueue(const LookupQueue&) = delete;
  LookupQueue& operator=(const LookupQueue&) = delete;

  // A lookup that blocks.
  absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                            const CheckedCallOptions& call);

  // A lookup to a callback.
  std::shared_ptr<GatheredLookup> LookupAsync(const v1::LookupRequest& request,
                                              Callback<v1::LookupResponse> callback,
                                              const CheckedCallOptions& call);

  // Lets the lookup end with CANCELLED, unless its outcome is on its way.
  void Cancel(const std::shared_ptr<GatheredLookup>& lookup);

 private:
  // Whether the lookup must be a call by itself, whatever is in flight.
  [[nodiscard]] bool GoesAlone(const v1::LookupRequest& request) const;
  // Takes a lookup out that waits for its outcome. False if it does no longer.
  bool TakeOut(GatheredLookup& lookup);
  // What a lookup ends with whose time is over.
  [[nodiscard]] absl::Status TimedOut(const GatheredLookup& lookup) const;
  // Takes a place in flight if a lookup may go out at once. With the lock held.
  bool TakePlace();
  // Gives the place of a call that is over to what has gathered, if anything;
  // and places that are free, too. `callbacks_ran`: those of a batch.
  void PassPlaceOn(bool callbacks_ran = false);
  // The next batch with a lookup that waits, with a place, about to be sent; or
  // null. With the lock held.
  std::shared_ptr<LookupBatch> Next();
  // Adds to what gathers. With the lock held.
  void Gather(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup);

  // Makes the batch's call. `has_place`: it passes its place on when it is over,
  // as each of more than one lookup does.
  void Send(const std::shared_ptr<LookupBatch>& batch, bool has_place);
  void SendSingly(LookupBatch& batch);
  // Ends the watch over a batch under way. With the lock held.
  void Forget(LookupBatch& batch);
  void OnDone(const std::shared_ptr<LookupBatch>& batch, bool has_place,
              const grpc::Status& status);

  // Sees to it that OnTime runs at `time`, or before. With the lock held.
  void WakeAt(MonotonicTime time);
  // Ends the lookups whose time is over, and sends what has gathered too long.
  void OnTime();

  const std::shared_ptr<Coalescing> coalescing_;
  const CallMetadata metadata_;

  std::mutex mutex_;
  // Calls that have a place, until their callbacks have run.
  int in_flight_ = 0;
  // Of these, batches whose callbacks run. What those ask for gathers, to go
  // out together when they have run.
  int finishing_ = 0;
  // The last one may take more; the others are full or closed. Empty where
  // a place is free and no callbacks run.
  std::deque<std::shared_ptr<LookupBatch>> gathered_;
  // Batches under way, of more than one lookup. gRPC holds them.
  std::vector<LookupBatch*> sent_;
  MonotonicTime wake_ = MonotonicTime::InfiniteFuture();
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_LOOKUP_QUEUE_H_
