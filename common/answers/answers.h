// Computes the answer, or the error, to a request of each RPC except ListRange, which
// list_range_answer.h answers. port_registry_service.proto describes each RPC.
#ifndef PORTREG_COMMON_ANSWERS_ANSWERS_H_
#define PORTREG_COMMON_ANSWERS_ANSWERS_H_

#include <atomic>
#include <cstddef>

#include "absl/status/statusor.h"
#include "common/answers/conversion.h"
#include "common/answers/requests.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

absl::StatusOr<v1::LookupResponse> Lookup(const Registry& registry,
                                          const v1::LookupRequest& request);

// Returns the result of one lookup of a batch.
v1::LookupResult LookupResultOf(const Registry& registry, const v1::LookupRequest& request);

absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const Registry& registry,
                                                    const v1::BatchLookupRequest& request);

absl::StatusOr<v1::ClassifyResponse> Classify(const Registry& registry,
                                              const v1::ClassifyRequest& request);

// Returns early, with an unusable answer, once `*cancelled` is true. `cancelled` may be null.
absl::StatusOr<v1::SearchResponse> Search(const SearchIndex& index,
                                          const v1::SearchRequest& request,
                                          const std::atomic<bool>* cancelled = nullptr);

absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo(
    const Registry& registry, const v1::GetRegistryInfoRequest& request);

// Returns the message with which Watch reports `registry`.
v1::WatchResponse WatchMessage(const Registry& registry);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_ANSWERS_H_
