// Builds the errors of the contract: a code, a text for people, and details for
// programs. Does not depend on gRPC.
#ifndef PORTREG_COMMON_ANSWERS_ERRORS_H_
#define PORTREG_COMMON_ANSWERS_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Returns an error that carries google.rpc.ErrorInfo with `reason`.
absl::Status ErrorFor(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message);

// Returns INVALID_ARGUMENT that carries google.rpc.ErrorInfo with `reason` and
// google.rpc.BadRequest for the field at `path`.
absl::Status BadField(absl::string_view path, v1::ErrorReason reason, absl::string_view message);

// Returns the reason of an error that ErrorFor or BadField has built. Returns
// ERROR_REASON_UNSPECIFIED for any other status.
v1::ErrorReason ErrorReasonOf(const absl::Status& status);

// Returns the text of ErrorInfo.reason: the enum value's name without ERROR_REASON_.
std::string ReasonText(v1::ErrorReason reason);

// Returns the status and its details as a serialised google.rpc.Status, for the trailer
// grpc-status-details-bin. Returns an empty string if the status has no details.
std::string DetailsBytes(const absl::Status& status);

// Returns the status as the failure of one lookup of a batch.
v1::LookupFailure ToLookupFailure(const absl::Status& status);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_ERRORS_H_
