// The version of portreg, as CMakeLists.txt states it.
#ifndef PORTREG_COMMON_TEXT_VERSION_H_
#define PORTREG_COMMON_TEXT_VERSION_H_

#include "absl/strings/string_view.h"

namespace portreg {

// "0.1.0", by semver.org.
absl::string_view Version();

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_VERSION_H_
