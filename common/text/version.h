// Returns the version of portreg, which the root CMakeLists.txt states.
#ifndef PORTREG_COMMON_TEXT_VERSION_H_
#define PORTREG_COMMON_TEXT_VERSION_H_

#include "absl/strings/string_view.h"

namespace portreg {

// Returns a semantic version such as "0.1.0" (semver.org).
absl::string_view Version();

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_VERSION_H_
