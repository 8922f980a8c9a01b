#include "server/web/connect_protocol.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/answers/errors.h"
#include "common/text/quote.h"
#include "server/http/url.h"
#include "server/web/json.h"
#include "server/web/methods.h"

namespace portreg::server {
namespace {

constexpr absl::string_view kVersion = "1";
constexpr size_t kMaxTimeoutDigits = 10;

WebRefusal Invalid(std::string message) {
  return {.error = ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST,
                            message)};
}

// Returns the codec of a media type, ignoring its parameters.
std::optional<Codec> CodecOf(absl::string_view content_type) {
  const absl::string_view type =
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  if (absl::EqualsIgnoreCase(type, "application/json")) return Codec::kJson;
  if (absl::EqualsIgnoreCase(type, "application/proto")) return Codec::kProto;
  return std::nullopt;
}

// Reads the fields that both kinds of calls have.
std::optional<WebRefusal> ReadFields(const HttpRequest& request, WebQuestion& question) {
  const absl::string_view version = request.Field("Connect-Protocol-Version");
  if (!version.empty() && version != kVersion) {
    return Invalid(absl::StrCat("Connect-Protocol-Version ", Quoted(version),
                                " is not supported, allowed is ", kVersion));
  }
  const absl::string_view coding = request.Field("Content-Encoding");
  if (!coding.empty() && !absl::EqualsIgnoreCase(coding, "identity")) {
    return WebRefusal{.error = absl::UnimplementedError(
                          absl::StrCat("Content-Encoding ", Quoted(coding),
                                       " is not supported for requests, allowed is identity"))};
  }
  const absl::string_view timeout = request.Field("Connect-Timeout-Ms");
  if (timeout.empty()) return std::nullopt;
  int64_t milliseconds = 0;
  if (timeout.size() > kMaxTimeoutDigits || !absl::c_all_of(timeout, absl::ascii_isdigit) ||
      !absl::SimpleAtoi(timeout, &milliseconds)) {
    return Invalid(absl::StrCat("Connect-Timeout-Ms ", Quoted(timeout),
                                " is not a whole number of at most ", kMaxTimeoutDigits,
                                " digits"));
  }
  question.deadline = MonotonicTime::Now() + absl::Milliseconds(milliseconds);
  return std::nullopt;
}

// Converts the message that the client sent to the serialised request.
QuestionOrRefusal WithMessage(WebQuestion question, std::string message) {
  if (question.codec == Codec::kProto) {
    question.request = std::move(message);
    return question;
  }
  // A POST without a body is a request without fields.
  absl::StatusOr<std::string> converted =
      FromJson(RequestType(question.method), message.empty() ? "{}" : message);
  if (!converted.ok()) return WebRefusal{.error = converted.status()};
  question.request = *std::move(converted);
  return question;
}

QuestionOrRefusal ReadPost(const HttpRequest& request, WebQuestion question) {
  const absl::string_view content_type = request.Field("Content-Type");
  const std::optional<Codec> codec = CodecOf(content_type);
  if (!codec) {
    constexpr absl::string_view kAllowed = "application/json, application/proto";
    return WebRefusal{
        .error = absl::UnimplementedError(absl::StrCat(
            "Content-Type ", Quoted(content_type), " is not supported, allowed are ", kAllowed)),
        .http_status = 415,
        .fields = {{"Accept-Post", std::string(kAllowed)}}};
  }
  question.codec = *codec;
  return WithMessage(std::move(question), request.body);
}

// The parameters of a call by GET.
struct GetParameters {
  std::optional<std::string> message;
  std::string encoding;
  std::string base64;
  std::string compression;
  std::string connect;
};

std::optional<WebRefusal> ReadParameters(const HttpRequest& request, GetParameters& read) {
  absl::StatusOr<QueryParameters> parameters = SplitQuery(request.Query());
  if (!parameters.ok()) return Invalid(std::string(parameters.status().message()));
  for (auto& [name, value] : *parameters) {
    if (name == "message") {
      read.message = std::move(value);
    } else if (name == "encoding") {
      read.encoding = std::move(value);
    } else if (name == "base64") {
      read.base64 = std::move(value);
    } else if (name == "compression") {
      read.compression = std::move(value);
    } else if (name == "connect") {
      read.connect = std::move(value);
    } else {
      return Invalid(absl::StrCat("parameter ", Quoted(name),
                                  " is unknown, allowed are message, encoding, base64, "
                                  "compression and connect"));
    }
  }
  return std::nullopt;
}

QuestionOrRefusal ReadGet(const HttpRequest& request, WebQuestion question) {
  GetParameters read;
  if (std::optional<WebRefusal> refusal = ReadParameters(request, read)) return *refusal;
  if (!read.connect.empty() && read.connect != "v1") {
    return Invalid(absl::StrCat("parameter connect ", Quoted(read.connect),
                                " is not supported, allowed is v1"));
  }
  if (!read.compression.empty() && read.compression != "identity") {
    return WebRefusal{.error = absl::UnimplementedError(
                          absl::StrCat("parameter compression ", Quoted(read.compression),
                                       " is not supported, allowed is identity"))};
  }
  if (read.encoding != "json" && read.encoding != "proto") {
    return Invalid(absl::StrCat("parameter encoding ", Quoted(read.encoding),
                                " is unknown, allowed are json and proto"));
  }
  question.codec = read.encoding == "proto" ? Codec::kProto : Codec::kJson;
  if (!read.message) return Invalid("parameter message is missing");
  std::string message = *std::move(read.message);
  if (read.base64 == "1") {
    std::string decoded;
    if (!absl::WebSafeBase64Unescape(message, &decoded)) {
      return Invalid("parameter message is not URL-safe base64");
    }
    message = std::move(decoded);
  } else if (!read.base64.empty() && read.base64 != "0") {
    return Invalid(
        absl::StrCat("parameter base64 ", Quoted(read.base64), " is unknown, allowed is 1"));
  }
  return WithMessage(std::move(question), std::move(message));
}

}  // namespace

absl::string_view MediaTypeOf(Codec codec) {
  return codec == Codec::kJson ? "application/json" : "application/proto";
}

QuestionOrRefusal ReadConnectCall(const HttpRequest& request, absl::string_view method) {
  const std::optional<Method> known = MethodByName(method);
  if (!known) {
    return WebRefusal{
        .error = absl::UnimplementedError(absl::StrCat("there is no method ", Quoted(method))),
        .http_status = 404};
  }
  if (InfoOf(*known).streams) {
    return WebRefusal{
        .error = absl::UnimplementedError(absl::StrCat(method,
                                                       " is a stream, which only gRPC serves; GET "
                                                       "/v1/ports lists records"))};
  }
  WebQuestion question = {.method = *known};
  if (std::optional<WebRefusal> refusal = ReadFields(request, question)) return *refusal;
  return request.method == "POST" ? ReadPost(request, std::move(question))
                                  : ReadGet(request, std::move(question));
}

}  // namespace portreg::server
