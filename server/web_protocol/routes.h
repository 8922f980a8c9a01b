// Finds out what a path of the web door leads to.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_
#define PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::server {

enum class Route {
  // No such path.
  kNone,
  // "/".
  kPage,
  // "/openapi.json".
  kOpenApi,
  // "/healthz".
  kHealth,
  // Below "/v1": a question that get_paths.h may know.
  kGetPath,
  // "/portreg.v1.PortRegistryService/Lookup": a call by the Connect protocol.
  kConnect,
};

// Returns the route of a path, whose parts are decoded.
Route RouteOf(absl::Span<const std::string> path);

// Returns the methods that a route allows, as the field Allow lists them.
absl::string_view AllowedMethods(Route route);

// Returns true if a route allows the method.
bool Allows(Route route, absl::string_view method);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_
