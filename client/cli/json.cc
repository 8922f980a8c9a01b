#include "client/cli/json.h"

#include "absl/strings/ascii.h"
#include "google/protobuf/util/json_util.h"

namespace portreg::cli {

std::string ToJson(const google::protobuf::Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = style == JsonStyle::kIndented;
  std::string json;
  // It fails only for messages that hold an Any of an unknown type, which the
  // tool takes out beforehand.
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  absl::StripTrailingAsciiWhitespace(&json);
  return json;
}

}  // namespace portreg::cli
