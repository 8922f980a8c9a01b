// Writes messages in canonical proto3 JSON.
#ifndef PORTREG_CLIENT_CLI_FORMATS_JSON_H_
#define PORTREG_CLIENT_CLI_FORMATS_JSON_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace portreg::cli {

enum class JsonStyle : uint8_t { kIndented, kOneLine };

// Returns the message in canonical proto3 JSON, without a line break at its end. Control
// characters are escaped as \uXXXX, because a terminal could execute them.
//
// INTERNAL if the message cannot be converted, because a time in it is outside the years
// 1 to 9999 or a detail has an unknown type. RESOURCE_EXHAUSTED if the JSON has more than
// kMaxJsonBytes.
absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message, JsonStyle style);

// Returns a text as a JSON string in quotes. `text` must be UTF-8.
std::string JsonString(absl::string_view text);

// Returns the JSON object `json`, as ToJson() writes it in this style, with "key" as its
// first member. `key` must be UTF-8.
std::string WithKey(absl::string_view key, absl::string_view json, JsonStyle style);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_JSON_H_
