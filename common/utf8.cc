#include "common/utf8.h"

#include <utf8.h>

namespace portreg {

size_t FindInvalidUtf8(absl::string_view text) {
  return static_cast<size_t>(utf8::find_invalid(text.begin(), text.end()) - text.begin());
}

bool IsValidUtf8(absl::string_view text) { return FindInvalidUtf8(text) == text.size(); }

}  // namespace portreg
