#include "common/text/quote.h"

#include <utf8.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/text/utf8.h"

namespace portreg {
namespace {

constexpr bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Returns the longest prefix of at most `max_bytes` bytes that does not split a character.
absl::string_view Prefix(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace

bool IsControl(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x061C ||
         (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

std::string Printable(absl::string_view text) {
  if (!IsValidUtf8(text)) return absl::CHexEscape(text);
  std::string printable;
  for (const char* at = text.begin(); at != text.end();) {
    const char* const begin = at;
    const uint32_t code_point = utf8::unchecked::next(at);
    if (!IsControl(code_point)) {
      printable.append(begin, at);
    } else if (code_point < 0x80) {
      absl::StrAppend(&printable, absl::CHexEscape({begin, 1}));
    } else {
      absl::StrAppendFormat(&printable, "\\u%04x", code_point);
    }
  }
  return printable;
}

std::string Quoted(absl::string_view text, size_t max_bytes) {
  const absl::string_view shown =
      IsValidUtf8(text) ? Prefix(text, max_bytes) : text.substr(0, max_bytes);
  return absl::StrCat("\"", Printable(shown), shown.size() < text.size() ? "...\"" : "\"");
}

}  // namespace portreg
