// Prepares the command lines of portregd and portreg for Abseil's flag parser.
#ifndef PORTREG_COMMON_TEXT_COMMAND_LINE_H_
#define PORTREG_COMMON_TEXT_COMMAND_LINE_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg {

// Returns true if an argument before the first "--" equals one of `flags`.
bool HasFlag(absl::Span<char* const> arguments, absl::Span<const absl::string_view> flags);

// Returns true if --name, -name, or one of these with a value that means true, such as
// --name=yes, is before the first "--".
bool HasSwitch(absl::Span<char* const> arguments, absl::string_view name);

// Returns INVALID_ARGUMENT for a switch of this program, such as --check=maybe, whose value
// is neither true nor false, because Abseil's message does not name what is allowed.
absl::Status CheckSwitches(absl::Span<char* const> arguments);

// Changes --some-flag to --some_flag in place if this program has a flag of that name,
// because people type hyphens and Abseil's flags have underscores. Does not change
// values or arguments after "--".
void HyphensToUnderscores(absl::Span<char* const> arguments);

// Returns the arguments with all values of a flag in `flags` joined by commas at its first
// place, because Abseil takes only the last value of a flag: --a=1 --b --a 2 becomes
// --a=1,2 --b. `flags` are names such as local_file. Leaves a flag without a value, and
// arguments after "--", as they are. Adds the joined texts to `kept`, which must outlive
// the result.
std::vector<char*> MergeRepeated(absl::Span<char* const> arguments,
                                 absl::Span<const absl::string_view> flags,
                                 std::deque<std::string>& kept);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_COMMAND_LINE_H_
