#include "server/web/response_fields.h"

#include <string>

#include "absl/algorithm/container.h"
#include "server/service/correlation.h"

namespace portreg::server {
namespace {

constexpr const char* kPolicy = "Content-Security-Policy";

}  // namespace

void AddResponseFields(const Origins& origins, const HttpRequest& request, HttpResponse& response) {
  HttpFields& fields = response.fields;
  if (absl::c_none_of(fields, [](const auto& field) { return field.first == kPolicy; })) {
    fields.emplace_back(kPolicy, "default-src 'none'; frame-ancestors 'none'");
  }
  fields.emplace_back("X-Content-Type-Options", "nosniff");
  fields.emplace_back("X-Frame-Options", "DENY");
  fields.emplace_back("Referrer-Policy", "no-referrer");
  // Does not affect the requests that `origins` allows, because browsers ignore this field for
  // CORS requests.
  fields.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  fields.emplace_back("Vary", "Accept-Encoding");
  for (const char* const name : {kRequestIdHeader, kTraceHeader}) {
    const absl::string_view sent = request.Field(name);
    if (MayBeEchoed(sent)) fields.emplace_back(name, std::string(sent));
  }
  origins.AddFields(request, response);
}

}  // namespace portreg::server
