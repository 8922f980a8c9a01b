#include "client/cli/formats/json.h"

#include <utf8.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "client/cli/base/limits.h"
#include "common/text/quote.h"
#include "google/protobuf/io/zero_copy_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "google/protobuf/wrappers.pb.h"

namespace portreg::cli {
namespace {

using google::protobuf::util::JsonPrintOptions;

// Messages that use less memory are converted without measuring their JSON first.
constexpr size_t kSmallMessage = 1 << 20;
constexpr char kTypePrefix[] = "type.googleapis.com";

// Discards the bytes that are written to it and counts them.
class Counter final : public google::protobuf::io::ZeroCopyOutputStream {
 public:
  bool Next(void** data, int* size) override {
    *data = buffer_.data();
    *size = static_cast<int>(buffer_.size());
    count_ += static_cast<int64_t>(buffer_.size());
    return true;
  }
  void BackUp(int count) override { count_ -= count; }
  [[nodiscard]] int64_t ByteCount() const override { return count_; }

 private:
  std::array<char, 4096> buffer_ = {};
  int64_t count_ = 0;
};

// Returns the size of the message's JSON, by converting it once and discarding the
// result.
int64_t JsonSize(const google::protobuf::Message& message, const JsonPrintOptions& options) {
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(
          kTypePrefix, message.GetDescriptor()->file()->pool()));
  const std::string bytes = message.SerializeAsString();
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  Counter counter;
  // Ignores a failure, because the second conversion reports it.
  (void)google::protobuf::util::BinaryToJsonStream(
      resolver.get(), absl::StrCat(kTypePrefix, "/", message.GetDescriptor()->full_name()), &input,
      &counter, options);
  return counter.ByteCount();
}

// Escapes the control characters that Protobuf does not escape.
std::string WithoutControls(std::string json) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x7F; };
  if (std::all_of(json.begin(), json.end(), is_ascii)) return json;
  std::string escaped;
  escaped.reserve(json.size());
  for (auto at = json.cbegin(); at != json.cend();) {
    const auto begin = at;
    const uint32_t code_point = utf8::unchecked::next(at);
    if (code_point >= 0x7F && IsControl(code_point)) {
      absl::StrAppendFormat(&escaped, "\\u%04x", code_point);
    } else {
      escaped.append(begin, at);
    }
  }
  return escaped;
}

}  // namespace

absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message, JsonStyle style) {
  JsonPrintOptions options;
  options.add_whitespace = style == JsonStyle::kIndented;
  std::string json;
  if (message.SpaceUsedLong() > kSmallMessage) {
    const int64_t size = JsonSize(message, options);
    if (size > static_cast<int64_t>(kMaxJsonBytes)) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "the answer has ", size, " bytes as JSON, at most ", kMaxJsonBytes, " are written"));
    }
    // Reserves the size, because a string that grows step by step uses several times as
    // much memory.
    json.reserve(static_cast<size_t>(size) + 1);
  }
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    const auto reason = status.message();
    return absl::InternalError(absl::StrCat("the answer cannot be written as JSON: ",
                                            absl::string_view(reason.data(), reason.size())));
  }
  absl::StripTrailingAsciiWhitespace(&json);
  return WithoutControls(std::move(json));
}

std::string JsonString(absl::string_view text) {
  // Nearly all keys are plain; the conversion of a message costs more.
  const auto is_plain = [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-./:+_", static_cast<char>(c));
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) return absl::StrCat("\"", text, "\"");
  google::protobuf::StringValue value;
  value.set_value(std::string(text));
  // The conversion cannot fail, because the text is UTF-8.
  return ToJson(value, JsonStyle::kOneLine).value_or("\"\"");
}

std::string WithKey(absl::string_view key, absl::string_view json, JsonStyle style) {
  absl::ConsumePrefix(&json, "{");
  const bool indented = style == JsonStyle::kIndented;
  const absl::string_view rest = json == "}" && indented ? "\n}" : json;
  return absl::StrCat(indented ? "{\n \"key\": " : "{\"key\":", JsonString(key),
                      json == "}" ? "" : ",", rest);
}

}  // namespace portreg::cli
