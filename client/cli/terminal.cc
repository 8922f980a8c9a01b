#include "client/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace portreg::cli {
namespace {

constexpr size_t kDefaultWidth = 80;
constexpr absl::string_view kEllipsis = "…";

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
