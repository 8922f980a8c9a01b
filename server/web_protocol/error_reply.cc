#include "server/web_protocol/error_reply.h"

#include <array>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/answers/errors.h"
#include "nlohmann/json.hpp"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "server/web_protocol/json.h"

namespace portreg::server {
namespace {

using nlohmann::ordered_json;

struct CodeInfo {
  absl::string_view name;
  int http_status;
};

// The index is the number of absl::StatusCode, which is that of gRPC.
constexpr std::array<CodeInfo, 17> kCodes = {{
    {"ok", 200},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
}};

const CodeInfo& CodeInfoOf(absl::StatusCode code) {
  const auto number = static_cast<size_t>(code);
  constexpr size_t kUnknown = 2;
  return kCodes[number < kCodes.size() ? number : kUnknown];
}

// Returns the type that this program has for a type of google.rpc, such as
// google.rpc.ErrorInfo; null if it has none.
const google::protobuf::Descriptor* OwnTypeOf(absl::string_view type) {
  if (!absl::ConsumePrefix(&type, "google.rpc.")) return nullptr;
  return errordetails::v1::Status::descriptor()->file()->FindMessageTypeByName(std::string(type));
}

ordered_json DetailJson(const google::protobuf::Any& detail) {
  const absl::string_view type = absl::StripPrefix(detail.type_url(), "type.googleapis.com/");
  std::string value = absl::Base64Escape(detail.value());
  // Removes the padding, which the Connect protocol does not use.
  while (!value.empty() && value.back() == '=') value.pop_back();
  ordered_json json = {{"type", std::string(type)}, {"value", value}};
  const google::protobuf::Descriptor* const declared = OwnTypeOf(type);
  if (declared == nullptr) return json;
  const absl::StatusOr<std::string> debug = ToJson(*declared, detail.value());
  if (debug.ok()) json["debug"] = ordered_json::parse(*debug, nullptr, false);
  return json;
}

}  // namespace

absl::string_view ConnectCode(absl::StatusCode code) { return CodeInfoOf(code).name; }

int HttpStatusOf(absl::StatusCode code) { return CodeInfoOf(code).http_status; }

std::string ErrorJson(const absl::Status& error) {
  ordered_json json = {{"code", std::string(ConnectCode(error.code()))},
                       {"message", std::string(error.message())}};
  errordetails::v1::Status details;
  details.ParseFromString(DetailsBytes(error));
  for (const google::protobuf::Any& detail : details.details()) {
    json["details"].push_back(DetailJson(detail));
  }
  // Replaces bytes that are not UTF-8. A message should not have any.
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

HttpResponse ErrorReply(const WebRefusal& refusal) {
  HttpResponse response = {
      .status = refusal.http_status != 0 ? refusal.http_status : HttpStatusOf(refusal.error.code()),
      .content_type = "application/json",
      .fields = refusal.fields,
      .body = HttpBytes(ErrorJson(refusal.error))};
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace portreg::server
