#include "server/replies/registry_bytes.h"

#include "absl/strings/str_cat.h"

namespace portreg::server {

absl::Status CheckRegistryBytes(size_t bytes, size_t max_bytes) {
  if (bytes <= max_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the data takes ", bytes,
                                                   " bytes of memory, at most ", max_bytes,
                                                   " are allowed (--max_registry_bytes)"));
}

}  // namespace portreg::server
