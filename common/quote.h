// Shows a stranger's text to a person.
#ifndef PORTREG_COMMON_QUOTE_H_
#define PORTREG_COMMON_QUOTE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace portreg {

// `text` fit to be shown on one line: control characters, which could write
// over a screen or forge a line of a log, as escapes such as \n and \x1b. A
// text that is not UTF-8 is escaped wherever it is not ASCII.
std::string Printable(absl::string_view text);

// `text`, printable and in double quotes: at most `max_bytes` of it, cut
// between characters and then followed by "...".
std::string Quoted(absl::string_view text, size_t max_bytes = 64);

}  // namespace portreg

#endif  // PORTREG_COMMON_QUOTE_H_
