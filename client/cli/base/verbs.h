// Lists the tool's commands and finds them by name.
#ifndef PORTREG_CLIENT_CLI_BASE_VERBS_H_
#define PORTREG_CLIENT_CLI_BASE_VERBS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::cli {

enum class Verb : uint8_t {
  kLookup,
  kClassify,
  kList,
  kSearch,
  kInfo,
  kExport,
  kImport,
  kWatch,
  kAudit,
  kCheck,
  kSuggest,
  kHelp,
  kVersion,
  kDiff,
  kAnnotate,
  // Names for shell completions; hidden from users.
  kComplete
};

// A command, described for --help.
struct VerbInfo {
  Verb verb;
  absl::string_view name;
  // The arguments that follow the name: "[RANGE]...".
  absl::string_view arguments;
  // One line that says what the command does.
  absl::string_view summary;
};

// Returns the commands that a user may write, in the order of --help.
absl::Span<const VerbInfo> Verbs();

// The word that stands for Verb::kComplete. No service has such a name.
inline constexpr absl::string_view kCompleteWord = "__complete";

// Returns the command with this name, or nothing if there is none.
std::optional<Verb> FindVerb(absl::string_view name);

// Returns the name of the command that `word` misspells: "list" for "lsit". Returns an
// empty text if there is none.
std::string NearestVerb(absl::string_view word);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_VERBS_H_
