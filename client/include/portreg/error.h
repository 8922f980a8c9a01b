// What the registry's errors say to a program.
#ifndef PORTREG_ERROR_H_
#define PORTREG_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portreg {

// Statuses of calls that the server refused carry the bytes of a
// google.rpc.Status under this type URL, as absl::Status payload.
inline constexpr absl::string_view kStatusDetailsUrl = "type.googleapis.com/google.rpc.Status";

// Why the server refused a call: a name of portreg.v1.ErrorReason without its
// prefix, such as "SERVICE_NOT_FOUND". Empty if the status holds none, as when
// the server was not reached. Be prepared for reasons that you do not know.
std::string ErrorReason(const absl::Status& status);

}  // namespace portreg

#endif  // PORTREG_ERROR_H_
