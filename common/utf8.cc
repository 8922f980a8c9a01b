#include "common/utf8.h"

#include <utf8.h>

#include <algorithm>

namespace portreg {
namespace {

bool IsAscii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

}  // namespace

size_t FindInvalidUtf8(absl::string_view text) {
  // Texts are ASCII nearly everywhere, and what is not stands in runs: no
  // character reaches from one into the next.
  const char* run = text.begin();
  while ((run = std::find_if_not(run, text.end(), IsAscii)) != text.end()) {
    const char* const end = std::find_if(run, text.end(), IsAscii);
    const char* const invalid = utf8::find_invalid(run, end);
    if (invalid != end) return static_cast<size_t>(invalid - text.begin());
    run = end;
  }
  return text.size();
}

bool IsValidUtf8(absl::string_view text) { return FindInvalidUtf8(text) == text.size(); }

}  // namespace portreg
