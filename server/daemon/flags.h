// portregd's flags, and the environment variables that stand for them.
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

// What the command line asks for.
struct Command {
  PortregdOptions portregd;
  LogFormat log_format = LogFormat::kText;
  // After SIGTERM: how long calls are served while health says NOT_SERVING, then
  // how long those under way may take to end.
  absl::Duration drain_delay;
  absl::Duration drain_grace;
  // Variables PORTREGD_... that stand for no flag, and are ignored.
  std::vector<std::string> unknown_variables;
  // Load the data, report on it, and exit.
  bool check = false;
  // Print the help, and exit.
  bool help = false;
};

// Reads flags from the command line, and for those not given there from
// PORTREGD_<FLAG>, where an empty variable counts as none. INVALID_ARGUMENT, naming it and what is
// allowed, for an unusable variable, a variable PORTREGD_TLS_... that is empty or stands for no
// flag, or an argument that is no flag; an unknown or unusable flag ends the process with exit code
// 1, as Abseil does.
absl::StatusOr<Command> ReadCommand(int argc, char** argv);

// What --help prints: the flags in groups, with defaults.
std::string HelpText();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_DAEMON_FLAGS_H_
