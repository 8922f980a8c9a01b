// Shows a stranger's text to a person.
#ifndef PORTREG_COMMON_TEXT_QUOTE_H_
#define PORTREG_COMMON_TEXT_QUOTE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace portreg {

// Returns whether a character could write over a screen or forge a line of a log: C0, DEL
// and C1, line separators, and what changes the direction of a line, behind which
// other text could hide (Unicode 15, table 2 of UAX #9).
bool IsControl(uint32_t code_point);

// `text` fit to be shown on one line: control characters, which could write
// over a screen or forge a line of a log, as escapes such as \n and \x1b. A
// text that is not UTF-8 is escaped wherever it is not ASCII.
std::string Printable(absl::string_view text);

// `text`, printable and in double quotes: at most `max_bytes` of it, cut
// between characters and then followed by "...".
std::string Quoted(absl::string_view text, size_t max_bytes = 64);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_QUOTE_H_
