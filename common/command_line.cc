#include "common/command_line.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace portreg {

bool HasFlag(absl::Span<char* const> arguments, absl::Span<const absl::string_view> flags) {
  for (const absl::string_view argument : arguments) {
    if (argument == "--") return false;
    if (std::find(flags.begin(), flags.end(), argument) != flags.end()) return true;
  }
  return false;
}

void HyphensToUnderscores(absl::Span<char* const> arguments) {
  for (char* const argument : arguments) {
    if (absl::string_view(argument) == "--") return;
    if (!absl::StartsWith(argument, "--")) continue;
    for (char* at = argument + 2; *at != '\0' && *at != '='; ++at) {
      if (*at == '-') *at = '_';
    }
  }
}

}  // namespace portreg
