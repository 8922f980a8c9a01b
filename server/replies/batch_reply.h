// Answers a BatchLookup, in bytes.
#ifndef PORTREG_SERVER_REPLIES_BATCH_REPLY_H_
#define PORTREG_SERVER_REPLIES_BATCH_REPLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/model/registry.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// A serialised BatchLookupResponse: results that are stored are copied, the
// others are the handler's. Errors are those of the contract. `replies` are
// those of the registry.
absl::StatusOr<std::string> BatchReply(const Registry& registry, const StoredReplies& replies,
                                       const v1::BatchLookupRequest& request);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_BATCH_REPLY_H_
