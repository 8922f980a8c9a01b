// A batch of lookups that does not block.
#ifndef PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_
#define PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_

#include <memory>
#include <mutex>

#include "client/calls/cancellable.h"
#include "client/connections/connection.h"
#include "client/lookups/split_batch.h"
#include "common/system/monotonic_time.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Makes the calls of a SplitBatch, one after the other; keeps itself alive
// until the callback has run.
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

  std::mutex mutex_;
  bool cancelled_ = false;
  // The call under way.
  std::weak_ptr<Cancellable> part_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_BATCH_CALL_H_
