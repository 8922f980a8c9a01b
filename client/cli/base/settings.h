// The settings of one run: flags, and variables where no flag is given.
#ifndef PORTREG_CLIENT_CLI_BASE_SETTINGS_H_
#define PORTREG_CLIENT_CLI_BASE_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/base/command_line.h"
#include "client/cli/base/flag_table.h"

namespace portreg::cli {

// A value and where it comes from.
struct Setting {
  std::string value;
  // How a complaint names it: "--timeout" or "PORTREG_TIMEOUT".
  std::string origin;
};

// Reads settings. The command line must outlive it.
class Settings {
 public:
  explicit Settings(const CommandLine& line) : line_(line) {}

  // Returns whether the flag itself is given.
  [[nodiscard]] bool HasFlag(Flag flag) const { return !line_.Values(flag).empty(); }

  // Whether the switch is on, by the flag or else by its variable, if it has
  // one. INVALID_ARGUMENT for a variable that is neither true nor false.
  [[nodiscard]] absl::StatusOr<bool> On(Flag flag) const;

  // The flag's last value, or else its variable's; nothing if neither is given.
  // An empty variable counts as not given. INVALID_ARGUMENT for an empty flag.
  [[nodiscard]] absl::StatusOr<std::optional<Setting>> Value(Flag flag) const;

  // The same for a value that a connection's security depends on: an empty
  // variable, as from an unset one that it was made of, is refused too.
  [[nodiscard]] absl::StatusOr<std::optional<Setting>> SecurityValue(Flag flag) const;

  // The flag's last value as a number; nothing if it is not given.
  // INVALID_ARGUMENT for what is no number.
  [[nodiscard]] absl::StatusOr<std::optional<int>> Number(Flag flag) const;

  // The parts of all the flag's values, which have commas between them.
  [[nodiscard]] std::vector<std::string> List(Flag flag) const;

 private:
  const CommandLine& line_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_SETTINGS_H_
