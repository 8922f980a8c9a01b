// Computes the answers of Check and Suggest. port_registry_service.proto describes them.
#ifndef PORTREG_COMMON_ANSWERS_CLAIM_ANSWERS_H_
#define PORTREG_COMMON_ANSWERS_CLAIM_ANSWERS_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/model/registry.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Returns the present day in UTC, by which servers and clients judge alike.
absl::CivilDay Today();

// Judge by `today`, which is Today() except in tests. Check returns early, with an unusable
// answer, once `*cancelled` is true; `cancelled` may be null.
absl::StatusOr<v1::CheckResponse> Check(const Registry& registry, const v1::CheckRequest& request,
                                        absl::CivilDay today,
                                        const std::atomic<bool>* cancelled = nullptr);
absl::StatusOr<v1::SuggestResponse> Suggest(const Registry& registry,
                                            const v1::SuggestRequest& request,
                                            absl::CivilDay today);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_CLAIM_ANSWERS_H_
