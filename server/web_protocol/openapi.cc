#include "server/web_protocol/openapi.h"

#include <cstddef>

extern "C" {
// Defined in openapi_bytes.S.
extern const char portreg_openapi_begin[];
extern const char portreg_openapi_end[];
}

namespace portreg::server {

absl::string_view OpenApi() {
  return {portreg_openapi_begin, static_cast<size_t>(portreg_openapi_end - portreg_openapi_begin)};
}

}  // namespace portreg::server
