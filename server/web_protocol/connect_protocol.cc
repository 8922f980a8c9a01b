#include "server/web_protocol/connect_protocol.h"

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
#include "server/web_protocol/json.h"
#include "server/web_protocol/methods.h"

namespace portreg::server {
namespace {

constexpr absl::string_view kVersion = "1";
constexpr size_t kMaxTimeoutDigits = 10;

WebRefusal Invalid(absl::string_view message) {
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

// Reads the header fields that calls by POST and by GET have.
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

QuestionOrRefusal ReadPost(HttpRequest& request, WebQuestion question) {
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
  question.request_codec = *codec;
  question.request = std::move(request.body);
  return question;
}

// The parameters of a call by GET.
struct GetParameters {
  std::optional<std::string> message;
  std::optional<std::string> encoding;
  std::optional<std::string> base64;
  std::optional<std::string> compression;
  std::optional<std::string> connect;

  // Returns null if there is no such parameter.
  std::optional<std::string>* Find(absl::string_view name) {
    if (name == "message") return &message;
    if (name == "encoding") return &encoding;
    if (name == "base64") return &base64;
    if (name == "compression") return &compression;
    return name == "connect" ? &connect : nullptr;
  }
};

std::optional<WebRefusal> ReadParameters(const HttpRequest& request, GetParameters& read) {
  absl::StatusOr<QueryParameters> parameters = SplitQuery(request.Query());
  if (!parameters.ok()) return Invalid(parameters.status().message());
  for (auto& [name, value] : *parameters) {
    std::optional<std::string>* const parameter = read.Find(name);
    if (parameter == nullptr) {
      return Invalid(absl::StrCat("parameter ", Quoted(name),
                                  " is unknown, allowed are message, encoding, base64, "
                                  "compression and connect"));
    }
    if (*parameter) return Invalid(absl::StrCat("parameter ", name, " is given twice"));
    *parameter = std::move(value);
  }
  return std::nullopt;
}

QuestionOrRefusal ReadGet(const HttpRequest& request, WebQuestion question) {
  GetParameters read;
  if (std::optional<WebRefusal> refusal = ReadParameters(request, read)) return *refusal;
  const std::string connect = read.connect.value_or("v1");
  if (connect != "v1") {
    return Invalid(
        absl::StrCat("parameter connect ", Quoted(connect), " is not supported, allowed is v1"));
  }
  const std::string compression = read.compression.value_or("identity");
  if (compression != "identity") {
    return WebRefusal{.error = absl::UnimplementedError(
                          absl::StrCat("parameter compression ", Quoted(compression),
                                       " is not supported, allowed is identity"))};
  }
  const std::string encoding = read.encoding.value_or("");
  if (encoding != "json" && encoding != "proto") {
    return Invalid(absl::StrCat("parameter encoding ", Quoted(encoding),
                                " is unknown, allowed are json and proto"));
  }
  question.codec = encoding == "proto" ? Codec::kProto : Codec::kJson;
  question.request_codec = question.codec;
  if (!read.message) return Invalid("parameter message is missing");
  const std::string base64 = read.base64.value_or("0");
  if (base64 != "0" && base64 != "1") {
    return Invalid(absl::StrCat("parameter base64 ", Quoted(base64), " is unknown, allowed is 1"));
  }
  if (base64 == "0") {
    question.request = *std::move(read.message);
  } else if (!absl::WebSafeBase64Unescape(*read.message, &question.request)) {
    return Invalid("parameter message is not URL-safe base64");
  }
  return question;
}

QuestionOrRefusal ReadCallOf(Method method, HttpRequest& request) {
  if (InfoOf(method).streams) {
    return WebRefusal{
        .error = absl::UnimplementedError(absl::StrCat(InfoOf(method).name,
                                                       " is a stream, which only gRPC serves; GET "
                                                       "/v1/ports lists records")),
        // A client that expects a stream ignores the body, and derives the code from the status:
        // "unimplemented" from 404, "unknown" from 501.
        .http_status = 404};
  }
  WebQuestion question = {.method = method};
  if (std::optional<WebRefusal> refusal = ReadFields(request, question)) return *refusal;
  return request.method == "POST" ? ReadPost(request, std::move(question))
                                  : ReadGet(request, std::move(question));
}

}  // namespace

absl::string_view MediaTypeOf(Codec codec) {
  return codec == Codec::kJson ? "application/json" : "application/proto";
}

absl::StatusOr<std::string> RequestBytes(const WebQuestion& question) {
  if (question.request_codec == Codec::kProto) return question.request;
  // Takes a missing body for a message without fields.
  return FromJson(RequestType(question.method), question.request.empty() ? "{}" : question.request);
}

QuestionOrRefusal ReadConnectCall(HttpRequest& request, absl::string_view method) {
  const std::optional<Method> known = MethodByName(method);
  QuestionOrRefusal read = known ? ReadCallOf(*known, request)
                                 : WebRefusal{.error = absl::UnimplementedError(absl::StrCat(
                                                  "there is no method ", Quoted(method))),
                                              .http_status = 404};
  if (auto* const refusal = std::get_if<WebRefusal>(&read)) {
    refusal->method = known.value_or(Method::kOther);
  }
  return read;
}

}  // namespace portreg::server
