// Reads and validates requests. Nothing else validates them. Does not depend on gRPC.
#ifndef PORTREG_COMMON_ANSWERS_REQUESTS_H_
#define PORTREG_COMMON_ANSWERS_REQUESTS_H_

#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/answers/conversion.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "google/protobuf/message.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Parses the bytes of a request. Returns INVALID_ARGUMENT with INVALID_UTF8, naming the
// field, or with MALFORMED_REQUEST if parsing fails.
absl::Status ParseRequest(absl::string_view bytes, google::protobuf::Message& request);

// The validated contents of a LookupRequest.
struct LookupQuestion {
  std::variant<Port, std::string> key;
  Transport transport = Transport::kNone;
  std::string scope;
  WithDetails with_details = WithDetails::kNo;
};

// The validated contents of a ClassifyRequest.
struct ClassifyQuestion {
  Port port = 0;
  Transport transport = Transport::kNone;
};

// The validated contents of a ListRangeRequest.
struct ListRangeQuestion {
  RangeQuestion range;
  WithDetails with_details = WithDetails::kNo;
  // The position that the resume token names; 0 without a token.
  RecordIndex from = 0;
};

// The validated contents of a SearchRequest.
struct SearchRequestQuestion {
  SearchQuestion search;
  WithDetails with_details = WithDetails::kNo;
};

// Return INVALID_ARGUMENT with the reasons that the contract lists for the RPC.
absl::StatusOr<LookupQuestion> Read(const v1::LookupRequest& request);
absl::StatusOr<ClassifyQuestion> Read(const v1::ClassifyRequest& request);
absl::StatusOr<SearchRequestQuestion> Read(const v1::SearchRequest& request);
absl::Status CheckBatch(const v1::BatchLookupRequest& request);

// Returns the revision that the watcher has; empty if its length is not that of a revision.
std::string Read(const v1::WatchRequest& request);

// Like the functions above. Also returns ABORTED with REVISION_CHANGED if the token's
// revision is not the registry's.
absl::StatusOr<ListRangeQuestion> Read(const v1::ListRangeRequest& request,
                                       const Registry& registry);

// Returns the token that continues a listing at `position`.
std::string ResumeToken(const Registry& registry, RecordIndex position);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_REQUESTS_H_
