// Lists the tool's flags, with their names, values, variables and help.
#ifndef PORTREG_CLIENT_CLI_FLAGS_FLAG_TABLE_H_
#define PORTREG_CLIENT_CLI_FLAGS_FLAG_TABLE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/base/verbs.h"

namespace portreg::cli {

enum class Flag : uint8_t {
  kOutput,
  kShort,
  kLayer,
  kScope,
  kDetails,
  kPortless,
  kMap,
  kLike,
  kMaxResults,
  kCount,
  kDiff,
  kFormat,
  kReserveOverHalf,
  kColumns,
  kTransport,
  kProtocol,
  kEncoding,
  kExpect,
  kFile,
  kService,
  kOwner,
  kAllow,
  kStrict,
  kAdjacent,
  kWithinBlocks,
  kFor,
  kAccept,
  kThisHost,
  kFields,
  kSourcePortField,
  kDestinationPortField,
  kProtocolField,
  kPrefix,
  kBoth,
  kFollow,
  kThreads,
  kNoHeaders,
  kColor,
  kTarget,
  kOffline,
  kTimeout,
  kHeader,
  kPlaintext,
  kTls,
  kCacert,
  kCert,
  kKey,
  kServerName,
  kHelp,
  kVersion
};

// The section of --help that shows a flag.
enum class FlagSection : uint8_t { kOutput, kServer, kOther };

struct FlagInfo {
  Flag flag;
  FlagSection section;
  // Without leading hyphens: "no-headers".
  absl::string_view name;
  // A letter that may replace the name. Empty if there is none.
  absl::string_view letter;
  // The value's name in --help. Empty for a switch, which has no value.
  absl::string_view value;
  // The environment variable that applies if the flag is not given. Empty if there is
  // none.
  absl::string_view variable;
  // The commands that accept the flag, as bits 1 << Verb.
  uint32_t verbs;
  // The text for --help; may have several lines.
  absl::string_view help;

  [[nodiscard]] bool is_switch() const { return value.empty(); }
  [[nodiscard]] bool is_for(Verb verb) const {
    return (verbs >> static_cast<unsigned>(verb) & 1U) != 0;
  }
};

// Returns all flags, in the order of --help.
absl::Span<const FlagInfo> FlagTable();

// Returns the row of a flag.
const FlagInfo& InfoOf(Flag flag);

// Returns the names of the commands that accept the flag, such as "import and suggest".
std::string CommandsOf(const FlagInfo& info);

// Returns the flag with this name or letter. Hyphens and underscores are equivalent.
// Returns nullptr if there is none.
const FlagInfo* FindFlag(absl::string_view name);

// Returns the switch that `name` turns off: "no-offline" and "nooffline" turn off
// "offline". Returns nullptr if there is none.
const FlagInfo* FindNegatedFlag(absl::string_view name);

// Returns the name of the flag that `name` misspells or begins: "color" for "colour".
// Returns an empty text if there is none.
std::string NearestFlag(absl::string_view name);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_FLAG_TABLE_H_
