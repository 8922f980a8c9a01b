// Makes the serialised reply of a Search.
#ifndef PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_
#define PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_

#include <atomic>
#include <string>

#include "absl/status/statusor.h"
#include "common/search/search.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// Returns a serialised SearchResponse. Copies records in the basic view from `replies`,
// which must be made from the index's registry. The errors are those of the contract.
// See SearchIndex for the meaning of `cancelled`.
absl::StatusOr<std::string> SearchReply(const SearchIndex& index, const StoredReplies& replies,
                                        const v1::SearchRequest& request,
                                        const std::atomic<bool>* cancelled = nullptr);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_
