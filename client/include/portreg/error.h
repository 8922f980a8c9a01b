// Reads the reasons of the registry's errors.
#ifndef PORTREG_ERROR_H_
#define PORTREG_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// The type URL of the payload that holds the details of an absl::Status: the bytes
// of a google.rpc.Status. Only errors that a server sent have it.
inline constexpr absl::string_view kStatusDetailsUrl = "type.googleapis.com/google.rpc.Status";

// Returns why the server refused a call, such as ERROR_REASON_SERVICE_NOT_FOUND.
// ERROR_REASON_UNSPECIFIED if the status holds no reason, for example because no
// server was reached, or a reason that this version does not know.
//
//   if (portreg::ErrorReason(answer.status()) == portreg::v1::ERROR_REASON_SERVICE_NOT_FOUND) ...
v1::ErrorReason ErrorReason(const absl::Status& status);

// Returns the status that a lookup of a batch would have had by itself, with the
// details that ErrorReason() reads. UNKNOWN for a code that Abseil does not know,
// INTERNAL for a failure with the code OK.
absl::Status ToStatus(const v1::LookupFailure& failure);

// Returns OK for a lookup of a batch that has a response, namely result.response();
// otherwise the status of its failure.
//
//   for (const portreg::v1::LookupResult& result : answer->results()) {
//     if (absl::Status status = portreg::ToStatus(result); !status.ok()) ...
//   }
absl::Status ToStatus(const v1::LookupResult& result);

}  // namespace portreg

#endif  // PORTREG_ERROR_H_
