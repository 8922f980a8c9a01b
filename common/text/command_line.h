// Prepares the command lines of portregd and portreg for Abseil's flag parser.
#ifndef PORTREG_COMMON_TEXT_COMMAND_LINE_H_
#define PORTREG_COMMON_TEXT_COMMAND_LINE_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg {

// Returns true if an argument before the first "--" equals one of `flags`.
bool HasFlag(absl::Span<char* const> arguments, absl::Span<const absl::string_view> flags);

// Changes --some-flag to --some_flag in place if this program has a flag of that name,
// because people type hyphens and Abseil's flags have underscores. Does not change
// values or arguments after "--".
void HyphensToUnderscores(absl::Span<char* const> arguments);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_COMMAND_LINE_H_
