// What standard output is, and how to show text on it.
#ifndef PORTREG_CLIENT_CLI_TERMINAL_H_
#define PORTREG_CLIENT_CLI_TERMINAL_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "common/quote.h"

namespace portreg::cli {

struct Terminal {
  // Columns that a line may take. 0: no bound, as in a pipe.
  size_t width = 0;
  // Whether to use colours: on a terminal, unless NO_COLOR is set or
  // TERM is dumb.
  bool color = false;
};

// Describes standard output.
Terminal StandardOutput();

// Columns that a printable text takes: one for each code point.
size_t DisplayWidth(absl::string_view text);

// `text` cut to `width` columns, the last of them an ellipsis if it was cut.
std::string Truncated(absl::string_view text, size_t width);

// `text` broken at blanks into lines of at most `width` columns (0: one line),
// each but the first indented by `indent` blanks.
std::string Wrapped(absl::string_view text, size_t width, size_t indent);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_TERMINAL_H_
