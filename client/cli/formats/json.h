// Messages in canonical proto3 JSON.
#ifndef PORTREG_CLIENT_CLI_FORMATS_JSON_H_
#define PORTREG_CLIENT_CLI_FORMATS_JSON_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace portreg::cli {

enum class JsonStyle : uint8_t { kIndented, kOneLine };

// The message in proto3's JSON form, without a line break at its end. Characters
// that a terminal could take for a command stand as \uXXXX. INTERNAL if the
// message cannot be written, because a time in it is outside the years 1 to 9999
// or a detail of an unknown type; RESOURCE_EXHAUSTED if its JSON has more than
// kMaxJsonBytes.
absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message, JsonStyle style);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_JSON_H_
