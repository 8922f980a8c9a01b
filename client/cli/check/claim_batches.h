// Asks a source about any number of claims.
#ifndef PORTREG_CLIENT_CLI_CHECK_CLAIM_BATCHES_H_
#define PORTREG_CLIENT_CLI_CHECK_CLAIM_BATCHES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Calls `take` with the number and the result of each claim, in their order, without the
// findings that claims of one call have about each other. Makes as many calls of Check as the
// contract's limits require. Repeats a call whose answer would be too large in two halves.
// Returns the revision of the answers, or an empty text if they have several.
absl::StatusOr<std::string> CheckInBatches(
    const std::vector<v1::Claim>& claims, Source& source,
    absl::FunctionRef<void(size_t, const v1::ClaimResult&)> take);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_CLAIM_BATCHES_H_
