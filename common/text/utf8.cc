#include "common/text/utf8.h"

#include <utf8.h>

#include <algorithm>
#include <cstddef>

namespace portreg {
namespace {

constexpr std::ptrdiff_t kBlockBytes = 64;

bool IsAscii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

// Has no branch per byte, so that compilers can vectorise the loop.
bool BlockIsAscii(const char* block) {
  unsigned char all = 0;
  for (std::ptrdiff_t i = 0; i < kBlockBytes; ++i) all |= static_cast<unsigned char>(block[i]);
  return all < 0x80;
}

const char* FindNotAscii(const char* at, const char* end) {
  while (end - at >= kBlockBytes && BlockIsAscii(at)) at += kBlockBytes;
  return std::find_if_not(at, end, IsAscii);
}

}  // namespace

size_t FindInvalidUtf8(absl::string_view text) {
  // Skips ASCII quickly, because most text is ASCII. Each run of other bytes is checked
  // on its own; no character spans two runs.
  const char* run = text.begin();
  while ((run = FindNotAscii(run, text.end())) != text.end()) {
    const char* const end = std::find_if(run, text.end(), IsAscii);
    const char* const invalid = utf8::find_invalid(run, end);
    if (invalid != end) return static_cast<size_t>(invalid - text.begin());
    run = end;
  }
  return text.size();
}

bool IsValidUtf8(absl::string_view text) { return FindInvalidUtf8(text) == text.size(); }

}  // namespace portreg
