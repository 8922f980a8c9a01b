// Reads the settings of one run from flags, and from variables where no flag is given.
#ifndef PORTREG_CLIENT_CLI_FLAGS_SETTINGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/flags/command_line.h"
#include "client/cli/flags/flag_table.h"

namespace portreg::cli {

// A value, and the flag or variable that sets it.
struct Setting {
  std::string value;
  // The flag or variable, as error messages name it: "--timeout" or "PORTREG_TIMEOUT".
  std::string origin;
};

// Reads settings. The command line must outlive this object.
class Settings {
 public:
  explicit Settings(const CommandLine& line) : line_(line) {}

  // Returns true if the flag itself is given.
  [[nodiscard]] bool HasFlag(Flag flag) const { return !line_.Values(flag).empty(); }

  // Returns true if the switch is on, by its flag or, without a flag, by its variable.
  // INVALID_ARGUMENT if the variable is neither true nor false.
  [[nodiscard]] absl::StatusOr<bool> On(Flag flag) const;

  // Returns the flag's last value or, without a flag, its variable's. Returns nothing if
  // neither is given; an empty variable counts as not given. INVALID_ARGUMENT for an
  // empty flag.
  [[nodiscard]] absl::StatusOr<std::optional<Setting>> Value(Flag flag) const;

  // Like Value(), but for values that a connection's security depends on.
  // INVALID_ARGUMENT also for an empty variable, because it may come from an unset one:
  // PORTREG_KEY=$KEY.
  [[nodiscard]] absl::StatusOr<std::optional<Setting>> SecurityValue(Flag flag) const;

  // Returns the flag's last value as a number, or nothing if the flag is not given.
  // INVALID_ARGUMENT if the value is not a number.
  [[nodiscard]] absl::StatusOr<std::optional<int>> Number(Flag flag) const;

  // Returns the values of the flag, split at commas.
  [[nodiscard]] std::vector<std::string> List(Flag flag) const;

 private:
  const CommandLine& line_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_SETTINGS_H_
