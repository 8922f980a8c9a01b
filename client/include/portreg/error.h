// Reads the registry's errors.
#ifndef PORTREG_ERROR_H_
#define PORTREG_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Statuses of calls that the server refused carry the bytes of a
// google.rpc.Status under this type URL, as absl::Status payload.
inline constexpr absl::string_view kStatusDetailsUrl = "type.googleapis.com/google.rpc.Status";

// Why the server refused a call: a name of portreg.v1.ErrorReason without its
// prefix, such as "SERVICE_NOT_FOUND". Empty if the status holds none, as when
// the server was not reached. Be prepared for reasons that you do not know.
std::string ErrorReason(const absl::Status& status);

// The status that a lookup of a batch would have had by itself, with its
// details, so that ErrorReason() reads it. A code that Abseil does not know is
// UNKNOWN. INTERNAL for a failure with the code OK.
absl::Status ToStatus(const v1::LookupFailure& failure);

// OK for a lookup of a batch that has a response, which is then
// result.response(); otherwise the status of its failure.
//
//   for (const portreg::v1::LookupResult& result : answer->results()) {
//     if (absl::Status status = portreg::ToStatus(result); !status.ok()) ...
//   }
absl::Status ToStatus(const v1::LookupResult& result);

}  // namespace portreg

#endif  // PORTREG_ERROR_H_
