#include "server/web_protocol/routes.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_split.h"
#include "server/service/method.h"

namespace portreg::server {

Route RouteOf(absl::Span<const std::string> path) {
  if (path.size() == 1 && path[0].empty()) return Route::kPage;
  if (path.size() == 1 && path[0] == "openapi.json") return Route::kOpenApi;
  if (path.size() == 1 && path[0] == "healthz") return Route::kHealth;
  if (path.size() > 1 && path[0] == "v1") return Route::kGetPath;
  if (path.size() == 2 && path[0] == kServiceName) return Route::kConnect;
  return Route::kNone;
}

absl::string_view AllowedMethods(Route route) {
  return route == Route::kConnect ? "GET, HEAD, POST" : "GET, HEAD";
}

bool Allows(Route route, absl::string_view method) {
  const std::vector<absl::string_view> allowed = absl::StrSplit(AllowedMethods(route), ", ");
  return absl::c_linear_search(allowed, method);
}

}  // namespace portreg::server
