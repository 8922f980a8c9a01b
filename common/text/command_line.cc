#include "common/text/command_line.h"

#include <algorithm>
#include <string>

#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"

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
    const absl::string_view written = absl::string_view(argument + 2);
    const std::string name =
        absl::StrReplaceAll(written.substr(0, written.find('=')), {{"-", "_"}});
    if (absl::FindCommandLineFlag(name) != nullptr) name.copy(argument + 2, name.size());
  }
}

}  // namespace portreg
