// Makes the serialised reply of a BatchLookup.
#ifndef PORTREG_SERVER_REPLIES_BATCH_REPLY_H_
#define PORTREG_SERVER_REPLIES_BATCH_REPLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/model/registry.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// Returns a serialised BatchLookupResponse. Copies the results that `replies` stores,
// and computes the others. `replies` must be made from `registry`. The errors are
// those of the contract.
absl::StatusOr<std::string> BatchReply(const Registry& registry, const StoredReplies& replies,
                                       const v1::BatchLookupRequest& request);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_BATCH_REPLY_H_
