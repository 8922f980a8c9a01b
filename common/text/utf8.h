// Checks UTF-8 with the utfcpp library.
#ifndef PORTREG_COMMON_TEXT_UTF8_H_
#define PORTREG_COMMON_TEXT_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// Returns the offset of the first invalid UTF-8 sequence (RFC 3629); text.size() if
// there is none.
size_t FindInvalidUtf8(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_UTF8_H_
