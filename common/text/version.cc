#include "common/text/version.h"

namespace portreg {

absl::string_view Version() { return PORTREG_VERSION; }

}  // namespace portreg
