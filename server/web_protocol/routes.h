// Finds the route of a path at the web door.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_
#define PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::server {

// The part of the web door that answers a path.
enum class Route {
  // The path does not exist.
  kNone,
  // "/".
  kPage,
  // "/openapi.json".
  kOpenApi,
  // "/healthz".
  kHealth,
  // Below "/v1". ReadGetPath() decides whether the path exists.
  kGetPath,
  // "/portreg.v1.PortRegistryService/Lookup": a call by the Connect protocol.
  kConnect,
};

// Returns the route of a path, given as its decoded parts.
Route RouteOf(absl::Span<const std::string> path);

// Returns the HTTP methods that a route allows, in the form of the Allow field.
absl::string_view AllowedMethods(Route route);

// Returns true if a route allows the HTTP method.
bool Allows(Route route, absl::string_view method);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_ROUTES_H_
