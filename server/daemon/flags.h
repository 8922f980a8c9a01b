// Reads portregd's flags, and the environment variables that set them.
#ifndef PORTREG_SERVER_DAEMON_FLAGS_H_
#define PORTREG_SERVER_DAEMON_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/daemon/portregd.h"
#include "server/process/log.h"

namespace portreg::server {

// The options on the command line and in the environment.
struct Command {
  PortregdOptions portregd;
  LogFormat log_format = LogFormat::kText;
  // How long calls are served after SIGTERM while the health is NOT_SERVING.
  absl::Duration drain_delay;
  // How long calls under way may take to end after that.
  absl::Duration drain_grace;
  // Variables PORTREGD_... that set no flag. They are ignored.
  std::vector<std::string> unknown_variables;
  // Load the data, print a report, and exit.
  bool check = false;
  // Print the help, and exit.
  bool help = false;
  // Print the version, and exit.
  bool version = false;
};

// Reads flags from the command line. A flag that is not given there is read from the
// variable PORTREGD_<FLAG>, unless that is empty. Returns INVALID_ARGUMENT for
// - a variable with an unusable value;
// - a variable PORTREGD_TLS_... that is empty or sets no flag;
// - a flag of TLS or of a file that is empty;
// - a switch that is neither true nor false;
// - an argument that is not a flag.
// The message names it and what is allowed. An unknown flag, or a flag with an unusable
// value, makes Abseil end the process with exit code 1.
absl::StatusOr<Command> ReadCommand(int argc, char** argv);

// Returns the text that --version prints.
std::string VersionText();

// Returns the text that --help prints: the flags in groups, with defaults.
std::string HelpText();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_DAEMON_FLAGS_H_
