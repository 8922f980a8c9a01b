// Shows a stranger's text within a message.
#ifndef PORTREG_COMMON_QUOTE_H_
#define PORTREG_COMMON_QUOTE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace portreg {

// `text` in double quotes: at most `max_bytes` of it, cut between characters
// and then followed by "...", control characters and what is not UTF-8 as hex
// escapes. The result is valid UTF-8 without control characters, whatever the
// text.
std::string Quoted(absl::string_view text, size_t max_bytes = 64);

}  // namespace portreg

#endif  // PORTREG_COMMON_QUOTE_H_
