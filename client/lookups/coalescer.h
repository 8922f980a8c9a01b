// Lets the lookups of a client share calls.
#ifndef PORTREG_CLIENT_LOOKUPS_COALESCER_H_
#define PORTREG_CLIENT_LOOKUPS_COALESCER_H_

#include <cstddef>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "client/lookups/lookup_queue.h"
#include "portreg/async.h"
#include "portreg/call_options.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Makes the lookups of a client with ClientOptions::coalesce_lookups. A server reads
// the metadata of a whole call, so only lookups with equal metadata share calls, and
// wait for each other. Thread-safe.
class Coalescer {
 public:
  // The connection's stub must have asynchronous calls.
  explicit Coalescer(const std::shared_ptr<const Connection>& connection,
                     const CoalescingTerms& terms = {});

  absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                            const CallOptions& options);

  PendingCall LookupAsync(const v1::LookupRequest& request, Callback<v1::LookupResponse> callback,
                          const CallOptions& options);

 private:
  std::shared_ptr<LookupQueue> QueueFor(const CheckedCallOptions& call);

  const std::shared_ptr<const Connection> connection_;
  const std::shared_ptr<Coalescing> coalescing_;
  // The queue of lookups without metadata.
  const std::shared_ptr<LookupQueue> plain_;

  absl::Mutex mutex_;
  // The queues of lookups with metadata. A queue is destroyed with its last lookup.
  // Its entry is removed when there are clear_at_ entries.
  std::map<CallMetadata, std::weak_ptr<LookupQueue>> others_ ABSL_GUARDED_BY(mutex_);
  size_t clear_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_COALESCER_H_
