#include "common/quote.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/utf8.h"

namespace portreg {
namespace {

constexpr bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// The longest prefix of at most `max_bytes` that ends between characters.
absl::string_view Prefix(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace

std::string Quoted(absl::string_view text, size_t max_bytes) {
  const bool valid = IsValidUtf8(text);
  const absl::string_view shown = valid ? Prefix(text, max_bytes) : text.substr(0, max_bytes);
  const std::string escaped = valid ? absl::Utf8SafeCHexEscape(shown) : absl::CHexEscape(shown);
  return absl::StrCat("\"", escaped, shown.size() < text.size() ? "...\"" : "\"");
}

}  // namespace portreg
