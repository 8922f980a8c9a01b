// What portregd's and portreg's command lines have in common besides Abseil.
#ifndef PORTREG_COMMON_TEXT_COMMAND_LINE_H_
#define PORTREG_COMMON_TEXT_COMMAND_LINE_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg {

// Whether one of `flags` stands among the arguments, before "--" if there is
// one.
bool HasFlag(absl::Span<char* const> arguments, absl::Span<const absl::string_view> flags);

// Writes --some-flag as --some_flag, if that is a flag of this program: Abseil
// knows it so, and people are used to hyphens. Values and what follows "--"
// stay as they are.
void HyphensToUnderscores(absl::Span<char* const> arguments);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_COMMAND_LINE_H_
