#include "client/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8.h>

#include <cstdint>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/utf8.h"

namespace portreg::cli {
namespace {

constexpr size_t kDefaultWidth = 80;
constexpr absl::string_view kEllipsis = "…";

// C0, DEL and C1, and what changes the direction of a line (Unicode 15, table
// 2 of UAX #9), behind which other text could hide.
bool IsControl(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x061C ||
         (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

}  // namespace

Terminal StandardOutput() {
  Terminal terminal;
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  winsize size = {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  terminal.width = known ? size.ws_col : kDefaultWidth;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return absl::string_view(value == nullptr ? "" : value);
  };
  terminal.color = variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return terminal;
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

size_t DisplayWidth(absl::string_view text) {
  return static_cast<size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

std::string Truncated(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  const char* end = text.begin();
  utf8::unchecked::advance(end, width - 1);
  return absl::StrCat(absl::string_view(text.begin(), static_cast<size_t>(end - text.begin())),
                      kEllipsis);
}

std::string Wrapped(absl::string_view text, size_t width, size_t indent) {
  if (width <= indent) return std::string(text);
  std::string wrapped;
  size_t used = indent;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (used > indent && used + 1 + DisplayWidth(word) > width) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '));
      used = indent;
    } else if (used > indent) {
      wrapped += ' ';
      ++used;
    }
    absl::StrAppend(&wrapped, word);
    used += DisplayWidth(word);
  }
  return wrapped;
}

}  // namespace portreg::cli
