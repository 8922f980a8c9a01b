#include "server/web/entity_tag.h"

#include "absl/strings/str_cat.h"
#include "common/text/version.h"

namespace portreg::server {

std::string EntityTagOf(const Registry& registry) {
  return absl::StrCat("W/\"", registry.revision(), "-", Version(), "\"");
}

}  // namespace portreg::server
