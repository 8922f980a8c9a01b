// Describes the terminal of standard output, and fits text to it.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_TERMINAL_H_
#define PORTREG_CLIENT_CLI_DISPLAY_TERMINAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/text/quote.h"

namespace portreg::cli {

// When to use colours. kAuto uses them on a terminal, unless NO_COLOR is set or TERM is
// dumb.
enum class ColorMode : uint8_t { kAuto, kAlways, kNever };

struct Terminal {
  // True if the output is a terminal. Default: false.
  bool is_terminal = false;
  // The most columns of a line. Default: 0, no limit, as for a pipe.
  size_t width = 0;
  // True if colours are used. Default: false.
  bool color = false;
};

// Escape sequences that begin a style.
inline constexpr absl::string_view kBold = "\033[1m";
inline constexpr absl::string_view kRed = "\033[31m";
inline constexpr absl::string_view kGreen = "\033[32m";
inline constexpr absl::string_view kYellow = "\033[33m";
inline constexpr absl::string_view kCyan = "\033[36m";

// Describes standard output.
Terminal StandardOutput(ColorMode mode);

// Returns the columns of a printable text: one for each code point.
size_t DisplayWidth(absl::string_view text);

// Returns `text` cut to `width` columns. A cut text ends in an ellipsis, which fills the
// last column.
std::string Truncated(absl::string_view text, size_t width);

// Breaks `text` at blanks into lines of at most `width` columns; 0 means one line.
// Indents each line but the first by `indent` blanks.
std::string Wrapped(absl::string_view text, size_t width, size_t indent);

// Returns `text` in a style, or unchanged if the terminal has no colours.
std::string Styled(absl::string_view text, absl::string_view style, const Terminal& terminal);

// Builds a line from printable texts, each with its own style.
class StyledLine {
 public:
  // Appends `text`. `style` is an escape sequence, or empty for no style.
  void Append(absl::string_view text, absl::string_view style = {});

  // Returns the columns of the line; escape sequences have none.
  [[nodiscard]] size_t width() const { return width_; }

  // Returns the line cut to the terminal's width, as Truncated() does. Leaves styles out
  // if the terminal has no colours.
  [[nodiscard]] std::string Shown(const Terminal& terminal) const;

 private:
  struct Piece {
    std::string text;
    absl::string_view style;
  };
  std::vector<Piece> pieces_;
  size_t width_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_TERMINAL_H_
