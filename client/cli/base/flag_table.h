// The tool's flags: names, values, variables and help, in one table.
#ifndef PORTREG_CLIENT_CLI_BASE_FLAG_TABLE_H_
#define PORTREG_CLIENT_CLI_BASE_FLAG_TABLE_H_

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
  kDetails,
  kPortless,
  kLike,
  kMaxResults,
  kCount,
  kFormat,
  kReserveOverHalf,
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

// Where --help shows a flag.
enum class FlagSection : uint8_t { kOutput, kServer, kOther };

struct FlagInfo {
  Flag flag;
  FlagSection section;
  // Without hyphens before it: "no-headers".
  absl::string_view name;
  // A letter that stands for the name. Empty: none.
  absl::string_view letter;
  // The value's name in --help. Empty: a switch, which takes no value.
  absl::string_view value;
  // The environment variable that stands for the flag. Empty: none.
  absl::string_view variable;
  // The commands that it is for, as bits 1 << Verb.
  uint16_t verbs;
  // Lines for --help.
  absl::string_view help;

  [[nodiscard]] bool is_switch() const { return value.empty(); }
  [[nodiscard]] bool is_for(Verb verb) const {
    return (verbs >> static_cast<unsigned>(verb) & 1U) != 0;
  }
};

// All flags, in the order of --help.
absl::Span<const FlagInfo> FlagTable();

// The row of a flag.
const FlagInfo& InfoOf(Flag flag);

// The flag of this name, or letter, with hyphens or underscores between words.
// Null if there is none.
const FlagInfo* FindFlag(absl::string_view name);

// The switch that `name` turns off: "no-offline" and "nooffline" are for
// "offline". Null if there is none.
const FlagInfo* FindNegatedFlag(absl::string_view name);

// The name of the flag that `name` is a slip of, or the beginning of, such as
// "color" for "colour". Empty if there is none.
std::string NearestFlag(absl::string_view name);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_FLAG_TABLE_H_
