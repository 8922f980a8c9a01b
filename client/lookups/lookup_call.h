// Makes the call of a batch of lookups.
#ifndef PORTREG_CLIENT_LOOKUPS_LOOKUP_CALL_H_
#define PORTREG_CLIENT_LOOKUPS_LOOKUP_CALL_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/backend.h"
#include "client/lookups/lookup_batch.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Owns one batch from the start of its call to its outcome. A batch of one is a
// plain Lookup. Thread-safe. The caller of Start must keep it alive until `done` has
// returned.
class LookupCall {
 public:
  // `batch` must not be empty.
  explicit LookupCall(std::unique_ptr<LookupBatch> batch);
  LookupCall(const LookupCall&) = delete;
  LookupCall& operator=(const LookupCall&) = delete;

  // How many lookups the call is made for.
  [[nodiscard]] size_t size() const { return size_; }

  // Makes the call, which ends with `done`, perhaps before this returns. Must be
  // called once at most.
  void Start(const Backend& backend, const CallMetadata& metadata, LookupRpc::Done done);

  // Cancels the call if none of its lookups waits any more.
  void CancelIfUnwanted();
  // Claims the lookups whose deadline has passed, and adds them to `expired`.
  void ClaimExpired(MonotonicTime now, LookupBatch::Lookups& expired);
  // Not later than the deadline of any lookup that waits.
  [[nodiscard]] MonotonicTime earliest() const;

  // One of these two must be called after the call's end or in its place.
  // Finishes the lookups that wait with the outcome of the call.
  void Finish(const grpc::Status& status, const Backend& backend);
  // Returns LookupBatch::Split() of the lookups.
  [[nodiscard]] std::vector<std::unique_ptr<LookupBatch>> Split(size_t parts, MonotonicTime now);

 private:
  void CancelIfUnwantedLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] absl::StatusOr<v1::LookupResponse> OutcomeAt(size_t index);

  const size_t size_;
  mutable Mutex mutex_;
  // Its requests are gRPC's to read while the call is under way.
  const std::unique_ptr<LookupBatch> batch_ ABSL_PT_GUARDED_BY(mutex_);
  // Null before the call begins.
  std::unique_ptr<LookupRpc> rpc_ ABSL_GUARDED_BY(mutex_);
  // Written by gRPC while the call is under way. On the heap, because answers are
  // moved out of it.
  v1::LookupResponse answer_;
  v1::BatchLookupResponse answers_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_LOOKUP_CALL_H_
