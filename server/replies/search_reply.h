// Answers a Search, in bytes.
#ifndef PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_
#define PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_

#include <atomic>
#include <string>

#include "absl/status/statusor.h"
#include "common/search/search.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// The bytes of what the handler Search answers. Records in the basic view are
// copied from `replies`, which must be those of the index's registry. Errors are
// those of the contract. What a search returns once `*cancelled` is true is said
// at SearchIndex.
absl::StatusOr<std::string> SearchReply(const SearchIndex& index, const StoredReplies& replies,
                                        const v1::SearchRequest& request,
                                        const std::atomic<bool>* cancelled = nullptr);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_SEARCH_REPLY_H_
