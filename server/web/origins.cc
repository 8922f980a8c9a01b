#include "server/web/origins.h"

#include <cstddef>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/model/port.h"
#include "common/text/quote.h"

namespace portreg::server {
namespace {

constexpr absl::string_view kAll = "*";

// Returns true for the host of an origin, in the form that browsers send: lower case, no path.
bool IsHost(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isdigit(byte) || absl::ascii_islower(byte) || absl::StrContains(".-_:[]", c);
  });
}

// Returns the port after a host, with its colon, such as ":3000"; an empty text if there is none.
absl::string_view PortOf(absl::string_view host) {
  const size_t colon = host.rfind(':');
  const bool is_in_ipv6 =
      host.find(']', colon == absl::string_view::npos ? 0 : colon) != absl::string_view::npos;
  return colon == absl::string_view::npos || is_in_ipv6 ? "" : host.substr(colon);
}

// Returns an origin such as http://localhost:3000 as browsers send it, without the default port
// of its scheme (RFC 6454, section 6.2). Returns nullopt if the text is no origin.
std::optional<std::string> AsBrowsersSend(absl::string_view text) {
  absl::string_view host = text;
  const bool is_https = absl::ConsumePrefix(&host, "https://");
  if (!is_https && !absl::ConsumePrefix(&host, "http://")) return std::nullopt;
  const absl::string_view port = PortOf(host);
  const absl::string_view name = absl::StripSuffix(host, port);
  if (!IsHost(name) || (absl::StrContains(name, ':') && !absl::EndsWith(name, "]"))) {
    return std::nullopt;
  }
  if (port.empty()) return std::string(text);
  int number = 0;
  if (!absl::SimpleAtoi(port.substr(1), &number) || number < 1 || number > kMaxPort) {
    return std::nullopt;
  }
  std::string sent = absl::StrCat(is_https ? "https://" : "http://", name);
  if (number != (is_https ? 443 : 80)) absl::StrAppend(&sent, ":", number);
  return sent;
}

}  // namespace

absl::StatusOr<Origins> Origins::Create(std::vector<std::string> allowed) {
  for (const std::string& origin : allowed) {
    if (origin == kAll && allowed.size() == 1) continue;
    const std::optional<std::string> sent = AsBrowsersSend(origin);
    if (sent == origin) continue;
    if (sent) {
      return absl::InvalidArgumentError(absl::StrCat(
          "origin ", Quoted(origin), " would never match; write it as browsers do: ", *sent));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "origin ", Quoted(origin),
        " is not allowed; allowed are * alone, and origins such as https://ports.example.org or "
        "http://localhost:3000, in lower case, without a path, with a port from 1 to ",
        kMaxPort));
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
