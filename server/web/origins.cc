#include "server/web/origins.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"

namespace portreg::server {
namespace {

constexpr absl::string_view kAll = "*";

// Returns true for an origin such as http://localhost:3000, in the form that browsers send:
// lower case, no path.
bool IsOrigin(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "https://") && !absl::ConsumePrefix(&text, "http://")) {
    return false;
  }
  return !text.empty() && absl::c_all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isdigit(byte) || absl::ascii_islower(byte) || absl::StrContains(".-_:[]", c);
  });
}

}  // namespace

absl::StatusOr<Origins> Origins::Create(std::vector<std::string> allowed) {
  for (const std::string& origin : allowed) {
    if (origin == kAll && allowed.size() == 1) continue;
    if (IsOrigin(origin)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "origin ", Quoted(origin),
        " is not allowed; allowed are * alone, and origins such as https://ports.example.org, "
        "in lower case and without a path"));
  }
  return Origins(std::move(allowed));
}

bool Origins::IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && !request.Field("Origin").empty() &&
         !request.Field("Access-Control-Request-Method").empty();
}

HttpResponse Origins::AnswerPreflight(const HttpRequest& request) const {
  HttpResponse response = {.status = 204, .content_type = {}};
  if (Allowed(request.Field("Origin")).empty()) return response;
  response.fields = {
      {"Access-Control-Allow-Methods", "GET, HEAD, POST"},
      {"Access-Control-Allow-Headers",
       "Connect-Protocol-Version, Connect-Timeout-Ms, Content-Type, If-None-Match, Traceparent, "
       "X-Request-Id"},
      // Two hours, which is the most that Chromium accepts.
      {"Access-Control-Max-Age", "7200"}};
  return response;
}

void Origins::AddFields(const HttpRequest& request, HttpResponse& response) const {
  if (empty()) return;
  // Needed even if the request has no Origin, because a cache must not give this response to a
  // request that has one.
  if (allowed_.front() != kAll) response.fields.emplace_back("Vary", "Origin");
  std::string allowed = Allowed(request.Field("Origin"));
  if (allowed.empty()) return;
  response.fields.emplace_back("Access-Control-Allow-Origin", std::move(allowed));
  response.fields.emplace_back("Access-Control-Expose-Headers", "ETag, Traceparent, X-Request-Id");
}

std::string Origins::Allowed(absl::string_view origin) const {
  if (empty()) return {};
  if (allowed_.front() == kAll) return std::string(kAll);
  return absl::c_linear_search(allowed_, origin) ? std::string(origin) : std::string();
}

}  // namespace portreg::server
