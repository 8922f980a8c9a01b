#include "server/replies/batch_reply.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/answers/answers.h"
#include "common/answers/errors.h"
#include "common/answers/requests.h"
#include "common/model/limits.h"

namespace portreg::server {
namespace {

absl::Status TooLarge(const v1::BatchLookupRequest& request) {
  return ErrorFor(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE,
      absl::StrCat("the reply to ", request.requests_size(), " lookups would exceed ",
                   kMaxBatchReplyBytes, " bytes; ask for fewer, or without the full view"));
}

// Returns a piece of the reply. Pieces can be concatenated, because serialised
// messages that follow each other parse as one.
std::string ResultPiece(v1::LookupResult result) {
  v1::BatchLookupResponse piece;
  *piece.add_results() = std::move(result);
  return piece.SerializeAsString();
}

std::string RevisionPiece(const Registry& registry) {
  v1::BatchLookupResponse piece;
  piece.set_revision(registry.revision());
  return piece.SerializeAsString();
}

}  // namespace

absl::StatusOr<std::string> BatchReply(const Registry& registry, const StoredReplies& replies,
                                       const v1::BatchLookupRequest& request) {
  if (absl::Status status = CheckBatch(request); !status.ok()) return status;
  const std::string revision = RevisionPiece(registry);
  std::vector<absl::string_view> results;
  results.reserve(request.requests_size());
  // Holds the bytes of results that are not stored.
  std::deque<std::string> made;
  size_t size = revision.size();
  for (const v1::LookupRequest& each : request.requests()) {
    absl::string_view result = replies.FindBatchResult(each);
    if (result.empty()) result = made.emplace_back(ResultPiece(LookupResultOf(registry, each)));
    results.push_back(result);
    size += result.size();
    if (size > kMaxBatchReplyBytes) return TooLarge(request);
  }
  std::string reply;
  reply.reserve(size);
  for (const absl::string_view result : results) reply.append(result.data(), result.size());
  reply.append(revision);
  return reply;
}

}  // namespace portreg::server
