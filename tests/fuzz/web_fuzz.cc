// Feeds targets and bodies of requests to the web door. libmicrohttpd, which reads HTTP
// itself, is not fuzzed.
//
// Input: a byte that selects the method of the service and, by its remainder by 4, the way
// to ask: 0 GET of a path, 1 GET of a call, 2 POST of JSON, 3 POST of Protobuf; then the
// target's rest or the body.
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/answers/requests.h"
#include "google/protobuf/stubs/logging.h"
#include "nlohmann/json.hpp"
#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/http/request_rules.h"
#include "server/http/url.h"
#include "server/web_protocol/connect_protocol.h"
#include "server/web_protocol/error_reply.h"
#include "server/web_protocol/get_paths.h"
#include "server/web_protocol/json.h"
#include "server/web_protocol/methods.h"
#include "server/web_protocol/routes.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

using namespace portreg::server;  // NOLINT(google-build-using-namespace): what is fuzzed

void RequireJson(const WebRefusal& refusal) {
  const HttpResponse reply = ErrorReply(refusal);
  const std::string body(reply.body.text);
  Require(reply.status >= 400, "an error has a status of an error", body);
  const nlohmann::json error = nlohmann::json::parse(body, nullptr, false);
  Require(error.is_object() && error["code"].is_string() && error["message"].is_string(),
          "an error is JSON with code and message", body);
  Require(!refusal.error.message().empty(), "an error has a text", body);
}

void RequireSame(const WebQuestion& question) {
  const absl::StatusOr<std::string> message = RequestBytes(question);
  if (!message.ok()) {
    RequireJson({.error = message.status()});
    return;
  }
  const google::protobuf::Descriptor& type = RequestType(question.method);
  const absl::StatusOr<std::string> json = ToJson(type, *message);
  Require(json.ok(), "a message from JSON can be written", json.status().ToString());
  const absl::StatusOr<std::string> again = FromJson(type, *json);
  Require(again.ok(), "what is written can be read", *json);
  Require(*ToJson(type, *again) == *json, "it is the same message", *json);
}

void Judge(const QuestionOrRefusal& read, bool from_json) {
  if (const auto* const refusal = std::get_if<WebRefusal>(&read)) {
    RequireJson(*refusal);
  } else if (from_json) {
    RequireSame(std::get<WebQuestion>(read));
  }
}

void Ask(uint8_t selector, const std::string& text) {
  constexpr std::array<const char*, 9> kNames = {"Lookup",    "BatchLookup", "Classify",
                                                 "Check",     "Suggest",     "Search",
                                                 "ListRange", "Watch",       "GetRegistryInfo"};
  const char* const method = kNames[selector / 4 % kNames.size()];
  HttpRequest request;
  request.method = selector % 4 < 2 ? "GET" : "POST";
  request.target = absl::StrCat("/x", selector % 4 < 2 ? text : "");
  request.fields = {{"Content-Type", selector % 4 == 3 ? "application/proto" : "application/json"},
                    {"Content-Length", text.substr(0, 30)}};
  request.body = text;
  if (const std::optional<HttpFault> fault = FindFault(request)) {
    Require(fault->status >= 400 && !fault->message.empty(), "a fault is described", text);
  }
  OriginForm(text);
  AcceptsGzip(text);
  NoneMatchContains(text, "W/\"a\"");
  if (selector % 4 != 0) {
    Judge(ReadConnectCall(request, method), selector % 4 == 2);
    return;
  }
  request.target = text;
  const absl::StatusOr<std::vector<std::string>> path = SplitPath(request.Path());
  if (!path.ok() || RouteOf(*path) != Route::kGetPath) return;
  const std::optional<QuestionOrRefusal> read =
      ReadGetPath(absl::MakeConstSpan(*path).subspan(1), request.Query());
  if (read) Judge(*read, false);
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool quiet = [] {
    google::protobuf::SetLogHandler(nullptr);
    return true;
  }();
  (void)quiet;
  if (size == 0) return 0;
  portreg::fuzz::Ask(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
