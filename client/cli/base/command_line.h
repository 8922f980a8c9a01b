// Takes the tool's command line apart.
#ifndef PORTREG_CLIENT_CLI_BASE_COMMAND_LINE_H_
#define PORTREG_CLIENT_CLI_BASE_COMMAND_LINE_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/base/flag_table.h"

namespace portreg::cli {

// Flags and words apart from each other. Flags may stand anywhere, as
// --flag=value, --flag value or, for a letter, -fvalue; a switch as --flag,
// --flag=false or --no-flag; one hyphen is as good as two, an underscore as a
// hyphen within a name. What follows "--" is words.
class CommandLine {
 public:
  // Reads what follows the program's name.
  explicit CommandLine(absl::Span<char* const> arguments);

  // INVALID_ARGUMENT, naming it, for the first argument that is unusable. The
  // arguments that are usable have been read all the same.
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // Returns whether the switch is on; nothing if it is not given. The last one counts.
  [[nodiscard]] std::optional<bool> Switch(Flag flag) const;

  // The flag's values as they were written, in their order.
  [[nodiscard]] const std::vector<std::string>& Values(Flag flag) const {
    return values_[static_cast<size_t>(flag)];
  }

  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  // Returns whether the first word may be a command: no "--" stands before it.
  [[nodiscard]] bool may_have_verb() const { return may_have_verb_; }

 private:
  void ReadWord(absl::string_view word, bool behind_dashes);
  // Reads arguments[i], which begins with a hyphen, and perhaps the next one,
  // its value. Returns how many it has read.
  size_t ReadFlag(absl::Span<char* const> arguments, size_t i);
  void ReadSwitch(const FlagInfo& info, absl::string_view argument,
                  std::optional<absl::string_view> value);
  void Refuse(absl::string_view message);

  std::array<std::vector<std::string>, static_cast<size_t>(Flag::kVersion) + 1> values_;
  std::vector<std::string> words_;
  bool may_have_verb_ = true;
  absl::Status status_;
};

// Reads "true", "false", "yes", "no", "on", "off", "1" or "0", in any case.
// Returns nothing for any other text.
std::optional<bool> ReadSwitchValue(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_COMMAND_LINE_H_
