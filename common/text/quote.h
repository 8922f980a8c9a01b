// Makes untrusted text safe to show on a terminal or in a log.
#ifndef PORTREG_COMMON_TEXT_QUOTE_H_
#define PORTREG_COMMON_TEXT_QUOTE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace portreg {

// Returns true if a character could overwrite a screen or forge a line of a log: C0, DEL
// and C1, line separators, and the characters that change the writing direction, which
// could disguise other text (Unicode 15, table 2 of UAX #9).
bool IsControl(uint32_t code_point);

// Returns `text` in a form that is safe to show on one line: replaces the characters of
// IsControl with escapes such as \n and \x1b. If `text` is not valid UTF-8, also escapes
// every byte that is not ASCII, and quotes and backslashes.
std::string Printable(absl::string_view text);

// Returns at most the first `max_bytes` bytes of `text`, printable and in double quotes.
// Does not split a character. Appends "..." if `text` is longer.
std::string Quoted(absl::string_view text, size_t max_bytes = 64);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_QUOTE_H_
