// Gathers lookups for one call.
#ifndef PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_
#define PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "client/lookups/gathered_lookup.h"
#include "common/system/monotonic_time.h"
#include "google/protobuf/arena.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// The lookups of one call, and their request. Lookups may be claimed meanwhile;
// those that are not still wait for their outcome. Not thread-safe.
class LookupBatch {
 public:
  using Lookups = std::vector<std::shared_ptr<GatheredLookup>>;

  // `since`: when its first lookup was made.
  explicit LookupBatch(MonotonicTime since);
  LookupBatch(const LookupBatch&) = delete;
  LookupBatch& operator=(const LookupBatch&) = delete;

  void Add(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup);
  // Returns true if no more lookups may be added.
  [[nodiscard]] bool full() const;
  [[nodiscard]] size_t size() const { return lookups_.size(); }
  [[nodiscard]] MonotonicTime since() const { return since_; }
  // Not later than the deadline of any lookup that waits.
  [[nodiscard]] MonotonicTime earliest() const { return earliest_; }
  // Not earlier than the deadline of any lookup that waits.
  [[nodiscard]] MonotonicTime latest() const { return latest_; }
  // Returns true if a lookup waits.
  [[nodiscard]] bool AnyWaits();

  // Claims the lookups whose deadline has passed, and adds them to `expired`.
  void ClaimExpired(MonotonicTime now, Lookups& expired);
  // Removes the lookups that do not wait. Returns how many are left.
  size_t Compact();
  // Moves the lookups that wait to at most `parts` batches of about equal size,
  // which are full and began `now`. Leaves this batch empty.
  [[nodiscard]] std::vector<std::unique_ptr<LookupBatch>> Split(size_t parts, MonotonicTime now);
  // Claims the lookups that wait, and returns them in the order of the requests;
  // null in the place of each one that does not. Leaves this batch empty.
  [[nodiscard]] Lookups ClaimAll();

  // The requests of the lookups, in their order. Lives as long as the batch; does
  // not move or change unless Add() or Compact() is called.
  [[nodiscard]] const v1::BatchLookupRequest& request() const { return request_; }

 private:
  void Extend(MonotonicTime deadline);

  const MonotonicTime since_;
  MonotonicTime earliest_ = MonotonicTime::InfiniteFuture();
  MonotonicTime latest_ = MonotonicTime::InfinitePast();
  bool closed_ = false;
  google::protobuf::Arena arena_;
  v1::BatchLookupRequest& request_;
  Lookups lookups_;
  // All lookups before this index have been claimed.
  size_t first_unclaimed_ = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_LOOKUP_BATCH_H_
