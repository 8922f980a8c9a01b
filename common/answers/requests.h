// Reads requests: the one place where they are validated. No gRPC here.
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

// Parses the bytes of a request. INVALID_ARGUMENT (INVALID_UTF8, naming the
// field; MALFORMED_REQUEST) if they are no such message.
absl::Status ParseRequest(absl::string_view bytes, google::protobuf::Message& request);

// What a LookupRequest asks.
struct LookupQuestion {
  std::variant<Port, std::string> key;
  Transport transport = Transport::kNone;
  WithDetails with_details = WithDetails::kNo;
};

// What a ClassifyRequest asks.
struct ClassifyQuestion {
  Port port = 0;
  Transport transport = Transport::kNone;
};

// What a ListRangeRequest asks.
struct ListRangeQuestion {
  RangeQuestion range;
  WithDetails with_details = WithDetails::kNo;
  // Where to start, by the resume token.
  RecordIndex from = 0;
};

// What a SearchRequest asks.
struct SearchRequestQuestion {
  SearchQuestion search;
  WithDetails with_details = WithDetails::kNo;
};

// Each: INVALID_ARGUMENT with the reasons that the contract lists for the RPC.
absl::StatusOr<LookupQuestion> Read(const v1::LookupRequest& request);
absl::StatusOr<ClassifyQuestion> Read(const v1::ClassifyRequest& request);
absl::StatusOr<SearchRequestQuestion> Read(const v1::SearchRequest& request);
absl::Status CheckBatch(const v1::BatchLookupRequest& request);

// The revision that the watcher has; empty unless it is one that could be.
std::string Read(const v1::WatchRequest& request);

// Also ABORTED (REVISION_CHANGED) for a token of another revision than the
// registry's.
absl::StatusOr<ListRangeQuestion> Read(const v1::ListRangeRequest& request,
                                       const Registry& registry);

// The token that continues a listing at `position`.
std::string ResumeToken(const Registry& registry, RecordIndex position);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_REQUESTS_H_
