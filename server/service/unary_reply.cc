#include "server/service/unary_reply.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "common/answers/requests.h"
#include "google/protobuf/arena.h"
#include "server/replies/batch_reply.h"
#include "server/replies/search_reply.h"
#include "server/replies/stored_replies.h"
#include "server/service/unread_bytes.h"

namespace portreg::server {
namespace {

// Serialises a message that was made for one call.
template <typename Response>
absl::StatusOr<grpc::Slice> Made(const absl::StatusOr<Response>& response, UnreadBytes& unread) {
  if (!response.ok()) return response.status();
  return unread.Hold(response->SerializeAsString());
}

// Parses a request, on an arena because some hold up to a thousand messages, and serves it.
template <typename Request>
absl::StatusOr<grpc::Slice> ParseAndServe(absl::string_view bytes, const Snapshot& snapshot,
                                          const Serving& call) {
  google::protobuf::Arena arena;
  auto& request = *google::protobuf::Arena::CreateMessage<Request>(&arena);
  if (absl::Status status = ParseRequest(bytes, request); !status.ok()) return status;
  return Serve(snapshot, request, call);
}

}  // namespace

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::LookupRequest& request,
                                  const Serving& call) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Made(Lookup(snapshot.registry, request), call.calls.unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::BatchLookupRequest& request,
                                  const Serving& call) {
  call.calls.stats().batch_sizes.Observe(request.requests_size());
  absl::StatusOr<std::string> reply = BatchReply(snapshot.registry, snapshot.replies, request);
  if (!reply.ok()) return reply.status();
  return call.calls.unread().Hold(*std::move(reply));
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::ClassifyRequest& request,
                                  const Serving& call) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Made(Classify(snapshot.registry, request), call.calls.unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::CheckRequest& request,
                                  const Serving& call) {
  return Made(Check(snapshot.registry, request, Today(), &call.cancelled), call.calls.unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::SuggestRequest& request,
                                  const Serving& call) {
  return Made(Suggest(snapshot.registry, request, Today()), call.calls.unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::SearchRequest& request,
                                  const Serving& call) {
  absl::StatusOr<std::string> reply =
      SearchReply(*snapshot.search_index, snapshot.replies, request, &call.cancelled);
  if (!reply.ok()) return reply.status();
  return call.calls.unread().Hold(*std::move(reply));
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot,
                                  const v1::GetRegistryInfoRequest& request, const Serving& call) {
  return Made(GetRegistryInfo(snapshot.registry, request), call.calls.unread());
}

absl::StatusOr<grpc::Slice> ServeBytes(Method method, absl::string_view request,
                                       const Snapshot& snapshot, const Serving& call) {
  switch (method) {
    case Method::kLookup:
      return ParseAndServe<v1::LookupRequest>(request, snapshot, call);
    case Method::kBatchLookup:
      return ParseAndServe<v1::BatchLookupRequest>(request, snapshot, call);
    case Method::kClassify:
      return ParseAndServe<v1::ClassifyRequest>(request, snapshot, call);
    case Method::kCheck:
      return ParseAndServe<v1::CheckRequest>(request, snapshot, call);
    case Method::kSuggest:
      return ParseAndServe<v1::SuggestRequest>(request, snapshot, call);
    case Method::kSearch:
      return ParseAndServe<v1::SearchRequest>(request, snapshot, call);
    case Method::kGetRegistryInfo:
      return ParseAndServe<v1::GetRegistryInfoRequest>(request, snapshot, call);
    default:
      return absl::InternalError("the method is not unary");
  }
}

}  // namespace portreg::server
