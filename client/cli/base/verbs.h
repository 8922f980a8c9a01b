// The tool's commands by name.
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
  kWatch,
  kHelp,
  kVersion
};

// A command as --help describes it.
struct VerbInfo {
  Verb verb;
  absl::string_view name;
  // What stands behind the name: "[RANGE]...".
  absl::string_view arguments;
  // A line on what it does.
  absl::string_view summary;
};

// The commands that a person may write, in the order of --help.
absl::Span<const VerbInfo> Verbs();

// The command of this name. Nothing if there is none.
std::optional<Verb> FindVerb(absl::string_view name);

// The name of the command that `word` is a slip of, such as "list" for "lsit".
// Empty if there is none.
std::string NearestVerb(absl::string_view word);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_VERBS_H_
