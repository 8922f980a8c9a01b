// Converts the contract's messages from and to JSON.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_JSON_H_
#define PORTREG_SERVER_WEB_PROTOCOL_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace portreg::server {

// Returns the canonical proto3 JSON of a serialised message. The error details of a failed
// lookup in a batch are written as messages of google.rpc. Returns INTERNAL if the bytes are not
// a message of this type.
absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& type,
                                   absl::string_view message);

// Returns the serialised message of a request in proto3 JSON. Returns INVALID_ARGUMENT with
// reason MALFORMED_REQUEST if the text is not JSON, is not UTF-8, or has a field or a value
// that the request does not know.
absl::StatusOr<std::string> FromJson(const google::protobuf::Descriptor& type,
                                     absl::string_view json);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_JSON_H_
