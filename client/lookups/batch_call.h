// Makes a batch of lookups without blocking.
#ifndef PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_
#define PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/calls/cancellable.h"
#include "client/connections/connection.h"
#include "client/lookups/split_batch.h"
#include "common/system/monotonic_time.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Makes the calls of a SplitBatch one after the other. Keeps itself alive until the
// callback has run. Cancel() is thread-safe.
class BatchCall final : public Cancellable, public std::enable_shared_from_this<BatchCall> {
 public:
  BatchCall(std::shared_ptr<const Connection> connection, CheckedCallOptions terms,
            const v1::BatchLookupRequest& request, Callback<v1::BatchLookupResponse> callback);

  // Must be called once.
  void Start() { Continue(); }

  void Cancel() override;

 private:
  void Continue();

  const std::shared_ptr<const Connection> connection_;
  const CheckedCallOptions terms_;
  const MonotonicTime deadline_;
  const v1::BatchLookupRequest request_;
  Callback<v1::BatchLookupResponse> callback_;
  SplitBatch batch_;

  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // The call that is under way.
  std::weak_ptr<Cancellable> part_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_
