// Lets the lookups of a client share calls.
#ifndef PORTREG_CLIENT_LOOKUPS_COALESCER_H_
#define PORTREG_CLIENT_LOOKUPS_COALESCER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "client/lookups/lookup_queue.h"
#include "portreg/async.h"
#include "portreg/call_options.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Makes the calls of Client::Lookup and its like, with ClientOptions'
// coalesce_lookups. A server reads metadata once a call, so that lookups share
// calls only with those of equal metadata, and wait for no others. Any number
// of threads may use it at once.
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
  // Of lookups without metadata.
  const std::shared_ptr<LookupQueue> plain_;

  std::mutex mutex_;
  // A queue goes with the last lookup in it; what it leaves here is cleared
  // away when there are so many queues.
  std::map<CallMetadata, std::weak_ptr<LookupQueue>> others_;
  size_t clear_at_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_COALESCER_H_
