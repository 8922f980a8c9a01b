// Lookups that share one call.
#ifndef PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_
#define PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/callback_scope.h"
#include "client/calls/cancellable.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "common/system/monotonic_time.h"
#include "google/protobuf/arena.h"
#include "grpcpp/grpcpp.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

class LookupBatch;
class LookupQueue;

// One caller's lookup, which others may share a call with.
class GatheredLookup final : public Cancellable,
                             public std::enable_shared_from_this<GatheredLookup> {
 public:
  GatheredLookup(std::shared_ptr<LookupQueue> queue, Callback<v1::LookupResponse> callback,
                 absl::Duration timeout, MonotonicTime deadline)
      : queue_(std::move(queue)),
        callback_(std::move(callback)),
        timeout_(timeout),
        deadline_(deadline) {}

  [[nodiscard]] absl::Duration timeout() const { return timeout_; }
  [[nodiscard]] MonotonicTime deadline() const { return deadline_; }

  void Cancel() override;

  // Runs the callback: for the one that took the lookup out of its batch.
  void Finish(absl::StatusOr<v1::LookupResponse> outcome) {
    // What the callback holds goes with it, whoever else holds the lookup.
    Callback<v1::LookupResponse> callback = std::move(callback_);
    const CallbackScope scope;
    std::move(callback)(std::move(outcome));
  }

 private:
  friend class LookupBatch;
  friend class LookupQueue;

  const std::shared_ptr<LookupQueue> queue_;
  Callback<v1::LookupResponse> callback_;
  const absl::Duration timeout_;
  const MonotonicTime deadline_;
  // Where it waits for its outcome; null once somebody has that in hand, and
  // only then. Guarded by the queue's lock.
  LookupBatch* batch_ = nullptr;
};

// Gathers lookups, makes their call, and hands out the outcomes. A batch of one
// is a plain Lookup. What touches the lookups that wait is guarded by the
// queue's lock; exactly one thread takes each out, and finishes it.
class LookupBatch {
 public:
  using Lookups = std::vector<std::shared_ptr<GatheredLookup>>;

  // `since`: when its first lookup came.
  explicit LookupBatch(MonotonicTime since);
  LookupBatch(const LookupBatch&) = delete;
  LookupBatch& operator=(const LookupBatch&) = delete;

  // With the lock held, as all to the next comment:
  void Add(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup);
  // Lets nobody else in.
  void Close() { closed_ = true; }
  [[nodiscard]] bool Takes() const;
  [[nodiscard]] MonotonicTime since() const { return since_; }
  // Not above the deadline of any lookup that waits.
  [[nodiscard]] MonotonicTime earliest() const { return earliest_; }
  // Takes out one lookup that waits here. With the last one of a closed batch
  // the call is cancelled.
  void Remove(GatheredLookup& lookup);
  // Takes out those whose time is over, and adds them to `expired`.
  void RemoveExpired(MonotonicTime now, Lookups& expired);
  // Leaves only the lookups that wait, before the call is made. How many there
  // are.
  size_t Compact();
  // Takes out all that wait; what Finish() is to be given.
  void TakeAll();
  // The lookups that wait, in `parts` batches that begin `now` and are closed;
  // this one is left without.
  [[nodiscard]] std::vector<std::shared_ptr<LookupBatch>> Split(size_t parts, MonotonicTime now);

  // The lookups that the call is made for. The call has no others from
  // Compact() on.
  [[nodiscard]] size_t size() const { return lookups_.size(); }
  // Makes the call; `done` is its end, with `status`.
  void Start(const Connection& connection, const CallMetadata& metadata,
             std::function<void(const grpc::Status&)> done);
  // Finishes what TakeAll() took, with the call's outcome.
  void Finish(const grpc::Status& status, const Connection& connection);

 private:
  void Extend(MonotonicTime deadline);
  [[nodiscard]] absl::StatusOr<v1::LookupResponse> OutcomeAt(size_t index);

  const MonotonicTime since_;
  // Of the lookups' deadlines; the latest is the call's.
  MonotonicTime earliest_ = MonotonicTime::InfiniteFuture();
  MonotonicTime latest_ = MonotonicTime::InfinitePast();
  bool closed_ = false;
  // As many as `lookups_`, in their order.
  google::protobuf::Arena arena_;
  v1::BatchLookupRequest& request_;
  Lookups lookups_;
  size_t waiting_ = 0;

  grpc::ClientContext context_;
  // On the heap, so that answers can be moved out.
  v1::LookupResponse answer_;
  v1::BatchLookupResponse answers_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_
