// Checks UTF-8 (RFC 3629) with the utfcpp library.
#ifndef PORTREG_COMMON_TEXT_UTF8_H_
#define PORTREG_COMMON_TEXT_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// The byte order mark, with which some programs begin a text in UTF-8.
inline constexpr absl::string_view kUtf8ByteOrderMark = "\xEF\xBB\xBF";

// Returns the offset of the first invalid UTF-8 sequence (RFC 3629); text.size() if
// there is none.
size_t FindInvalidUtf8(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_UTF8_H_
