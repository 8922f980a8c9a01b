#include "client/cli/display/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace portreg::cli {
namespace {

constexpr size_t kDefaultWidth = 80;
constexpr absl::string_view kEllipsis = "…";
constexpr absl::string_view kPlain = "\033[0m";

// Returns the first `width` columns of `text`, which must have at least that many.
absl::string_view Prefix(absl::string_view text, size_t width) {
  const char* end = text.begin();
  utf8::unchecked::advance(end, width);
  return {text.begin(), static_cast<size_t>(end - text.begin())};
}

}  // namespace

Terminal StandardOutput(ColorMode mode) {
  Terminal terminal{
      .is_terminal = isatty(STDOUT_FILENO) != 0, .width = 0, .color = mode == ColorMode::kAlways};
  if (!terminal.is_terminal) return terminal;
  winsize size = {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  terminal.width = known ? size.ws_col : kDefaultWidth;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return absl::string_view(value == nullptr ? "" : value);
  };
  if (mode == ColorMode::kAuto) {
    terminal.color = variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  }
  return terminal;
}

size_t DisplayWidth(absl::string_view text) {
  return static_cast<size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

std::string Truncated(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  return absl::StrCat(Prefix(text, width - 1), kEllipsis);
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

std::string Styled(absl::string_view text, absl::string_view style, const Terminal& terminal) {
  if (!terminal.color || style.empty() || text.empty()) return std::string(text);
  return absl::StrCat(style, text, kPlain);
}

void StyledLine::Append(absl::string_view text, absl::string_view style) {
  pieces_.push_back({std::string(text), style});
  width_ += DisplayWidth(text);
}

std::string StyledLine::Shown(const Terminal& terminal) const {
  const bool cut = terminal.width > 0 && width_ > terminal.width;
  size_t left = cut ? terminal.width - 1 : width_;
  std::string shown;
  for (const Piece& piece : pieces_) {
    const size_t width = std::min(left, DisplayWidth(piece.text));
    std::string text(Prefix(piece.text, width));
    left -= width;
    const bool last = cut && width < DisplayWidth(piece.text);
    if (last) absl::StrAppend(&text, kEllipsis);
    absl::StrAppend(&shown, Styled(text, piece.style, terminal));
    if (last) break;
  }
  return shown;
}

}  // namespace portreg::cli
