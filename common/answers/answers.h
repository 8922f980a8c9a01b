// One plain function per RPC: request in, answer or error out; of BatchLookup,
// one per result, which batch_reply.h puts together. What each RPC means is said
// in port_registry_service.proto. No gRPC here.
#ifndef PORTREG_COMMON_ANSWERS_ANSWERS_H_
#define PORTREG_COMMON_ANSWERS_ANSWERS_H_

#include <atomic>
#include <cstddef>

#include "absl/status/statusor.h"
#include "common/answers/requests.h"
#include "common/answers/to_message.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

absl::StatusOr<v1::LookupResponse> Lookup(const Registry& registry,
                                          const v1::LookupRequest& request);

// One result of a BatchLookup.
v1::LookupResult LookupResultOf(const Registry& registry, const v1::LookupRequest& request);

absl::StatusOr<v1::ClassifyResponse> Classify(const Registry& registry,
                                              const v1::ClassifyRequest& request);

// What is found is of no use once `cancelled` is true: the search ends early.
absl::StatusOr<v1::SearchResponse> Search(const SearchIndex& index,
                                          const v1::SearchRequest& request,
                                          const std::atomic<bool>* cancelled = nullptr);

absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo(
    const Registry& registry, const v1::GetRegistryInfoRequest& request);

// What Watch says of the registry.
v1::WatchResponse WatchMessage(const Registry& registry);

// A message of a listing is full with this many bytes of records: a bound on
// what a reader that does not read holds in memory.
inline constexpr size_t kListingBytes = 64 << 10;

// The messages of one listing, made one at a time. Not for use by several
// threads at once.
class ListRangeAnswer {
 public:
  // The registry must outlive the listing.
  ListRangeAnswer(const Registry& registry, RangeCursor cursor, WithDetails with_details);

  // Puts the next message into `response`, in place of what it holds. Returns
  // whether it is the last one. There is always at least one; it must not be
  // called again after the last.
  [[nodiscard]] bool Next(v1::ListRangeResponse& response);

 private:
  const Registry& registry_;
  RangeCursor cursor_;
  WithDetails with_details_;
  // Of the next message.
  int max_records_;
  // Read ahead, to know which message is the last.
  const ServiceRecord* next_;
};

ListRangeAnswer ListRange(const Registry& registry, ListRangeQuestion question);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_ANSWERS_H_
