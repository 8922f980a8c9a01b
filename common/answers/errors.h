// Errors as the contract states them: a code, a text for people, and details
// for programs. No gRPC here.
#ifndef PORTREG_COMMON_ANSWERS_ERRORS_H_
#define PORTREG_COMMON_ANSWERS_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// An error that carries google.rpc.ErrorInfo with `reason`.
absl::Status ErrorFor(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message);

// An INVALID_ARGUMENT that carries google.rpc.ErrorInfo with `reason` and
// google.rpc.BadRequest for the field at `path`.
absl::Status BadField(absl::string_view path, v1::ErrorReason reason, absl::string_view message);

// What ErrorInfo.reason says: the value's name without ERROR_REASON_.
std::string ReasonText(v1::ErrorReason reason);

// The status with its details as the bytes of a google.rpc.Status, which the
// trailer grpc-status-details-bin holds. Empty for a status without details.
std::string DetailsBytes(const absl::Status& status);

// The status as one lookup's failure within a batch.
v1::LookupFailure ToLookupFailure(const absl::Status& status);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_ERRORS_H_
