// Splits the tool's command line into flags and words.
#ifndef PORTREG_CLIENT_CLI_FLAGS_COMMAND_LINE_H_
#define PORTREG_CLIENT_CLI_FLAGS_COMMAND_LINE_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/flags/flag_table.h"

namespace portreg::cli {

// Splits a command line into flags and words.
//
// Flags may appear anywhere. A flag with a value is written --flag=value, --flag value
// or, for a letter, -fvalue. A switch is written --flag, --flag=false or --no-flag. One
// hyphen means the same as two, and an underscore within a name the same as a hyphen. All
// arguments after "--" are words.
class CommandLine {
 public:
  // Reads the arguments that follow the program's name.
  explicit CommandLine(absl::Span<char* const> arguments);

  // Returns INVALID_ARGUMENT, naming it, for the first invalid argument. The valid
  // arguments have been read nevertheless.
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // Returns true if the switch is on, false if it is off, or nothing if it is not given.
  // If it is given several times, the last one counts.
  [[nodiscard]] std::optional<bool> Switch(Flag flag) const;

  // Returns the flag's values as they were written, in their order.
  [[nodiscard]] const std::vector<std::string>& Values(Flag flag) const {
    return values_[static_cast<size_t>(flag)];
  }

  // Removes the flag's values that `wanted` accepts, and returns them in their order.
  std::vector<std::string> TakeValues(Flag flag, absl::FunctionRef<bool(absl::string_view)> wanted);

  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  // Returns true if the first word may be a command, because no "--" precedes it.
  [[nodiscard]] bool may_have_verb() const { return may_have_verb_; }

 private:
  void ReadWord(absl::string_view word, bool behind_dashes);
  // Reads the flag arguments[i] and, if it is separate, its value arguments[i + 1].
  // Returns how many arguments it has read.
  size_t ReadFlag(absl::Span<char* const> arguments, size_t i);
  void ReadSwitch(const FlagInfo& info, absl::string_view argument,
                  std::optional<absl::string_view> value);
  void Refuse(absl::string_view message);

  std::array<std::vector<std::string>, static_cast<size_t>(Flag::kVersion) + 1> values_;
  std::vector<std::string> words_;
  bool may_have_verb_ = true;
  absl::Status status_;
};

// Reads "true", "false", "yes", "no", "on", "off", "1" or "0", ignoring case. Returns
// nothing for any other text.
std::optional<bool> ReadSwitchValue(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_COMMAND_LINE_H_
