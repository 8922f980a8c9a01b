// Contains the OpenAPI description of the paths under /v1.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_OPENAPI_H_
#define PORTREG_SERVER_WEB_PROTOCOL_OPENAPI_H_

#include "absl/strings/string_view.h"

namespace portreg::server {

// Returns the text of openapi.json, which make_openapi.py writes.
absl::string_view OpenApi();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_OPENAPI_H_
