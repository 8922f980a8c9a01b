// What standard output is, and how to show text on it.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_TERMINAL_H_
#define PORTREG_CLIENT_CLI_DISPLAY_TERMINAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/text/quote.h"

namespace portreg::cli {

// When to use colours. kAuto: on a terminal, unless NO_COLOR is set or TERM is
// dumb.
enum class ColorMode : uint8_t { kAuto, kAlways, kNever };

struct Terminal {
  // Whether it is a terminal at all.
  bool is_terminal = false;
  // Columns that a line may take. 0: no bound, as in a pipe.
  size_t width = 0;
  // Whether to use colours.
  bool color = false;
};

// Escape sequences that begin a style.
inline constexpr absl::string_view kBold = "\033[1m";
inline constexpr absl::string_view kGreen = "\033[32m";
inline constexpr absl::string_view kYellow = "\033[33m";
inline constexpr absl::string_view kCyan = "\033[36m";

// Describes standard output.
Terminal StandardOutput(ColorMode mode);

// Columns that a printable text takes: one for each code point.
size_t DisplayWidth(absl::string_view text);

// `text` cut to `width` columns, the last of them an ellipsis if it was cut.
std::string Truncated(absl::string_view text, size_t width);

// `text` broken at blanks into lines of at most `width` columns (0: one line),
// each but the first indented by `indent` blanks.
std::string Wrapped(absl::string_view text, size_t width, size_t indent);

// `text` in a style, where the terminal has any.
std::string Styled(absl::string_view text, absl::string_view style, const Terminal& terminal);

// A line that is being put together of printable texts, each in a style.
class StyledLine {
 public:
  // `style` is an escape sequence, or empty.
  void Append(absl::string_view text, absl::string_view style = {});

  // Columns that the line takes.
  [[nodiscard]] size_t width() const { return width_; }

  // The line cut to the terminal's width, as Truncated() cuts; escape sequences
  // take no columns. Styles are left out where the terminal has none.
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
