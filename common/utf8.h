// Validity of UTF-8, by the utfcpp library.
#ifndef PORTREG_COMMON_UTF8_H_
#define PORTREG_COMMON_UTF8_H_

#include <cstddef>

#include <utf8.h>
#include "absl/strings/string_view.h"

namespace portreg {

// Where the first byte that is not valid UTF-8 (RFC 3629) stands; text.size()
// if there is none.
inline size_t FindInvalidUtf8(absl::string_view text) {
  return static_cast<size_t>(utf8::find_invalid(text.begin(), text.end()) - text.begin());
}

inline bool IsValidUtf8(absl::string_view text) { return FindInvalidUtf8(text) == text.size(); }

}  // namespace portreg

#endif  // PORTREG_COMMON_UTF8_H_
