// Validity of UTF-8, by the utfcpp library.
#ifndef PORTREG_COMMON_TEXT_UTF8_H_
#define PORTREG_COMMON_TEXT_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// Where the first byte that is not valid UTF-8 (RFC 3629) stands; text.size()
// if there is none.
size_t FindInvalidUtf8(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_UTF8_H_
