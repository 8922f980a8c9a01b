// Reads and validates the requests of Check and Suggest.
#ifndef PORTREG_COMMON_ANSWERS_CLAIM_REQUESTS_H_
#define PORTREG_COMMON_ANSWERS_CLAIM_REQUESTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/judgement/claim.h"
#include "common/judgement/suggest.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Return INVALID_ARGUMENT with the reasons that the contract lists for the RPC.
absl::StatusOr<std::vector<Claim>> Read(const v1::CheckRequest& request);
absl::StatusOr<SuggestionWish> Read(const v1::SuggestRequest& request);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_CLAIM_REQUESTS_H_
