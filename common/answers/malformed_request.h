// Finds out why the bytes of a request could not be parsed.
#ifndef PORTREG_COMMON_ANSWERS_MALFORMED_REQUEST_H_
#define PORTREG_COMMON_ANSWERS_MALFORMED_REQUEST_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace portreg {

// Returns the error for `bytes` that failed to parse as a message of type `descriptor`:
// INVALID_ARGUMENT with INVALID_UTF8 and the path of the first string field that is not
// valid UTF-8, or with MALFORMED_REQUEST if there is no such field.
absl::Status ExplainMalformed(absl::string_view bytes,
                              const google::protobuf::Descriptor& descriptor);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_MALFORMED_REQUEST_H_
