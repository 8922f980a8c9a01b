// Messages in canonical proto3 JSON.
#ifndef PORTREG_CLIENT_CLI_JSON_H_
#define PORTREG_CLIENT_CLI_JSON_H_

#include <string>

#include "google/protobuf/message.h"

namespace portreg::cli {

enum class JsonStyle { kIndented, kOneLine };

// The message in proto3's JSON form, without a line break at its end.
std::string ToJson(const google::protobuf::Message& message, JsonStyle style);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_JSON_H_
