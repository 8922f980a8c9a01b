// Returns the texts of --help and --version.
#ifndef PORTREG_CLIENT_CLI_FLAGS_HELP_H_
#define PORTREG_CLIENT_CLI_FLAGS_HELP_H_

#include <string>

#include "client/cli/base/verbs.h"

namespace portreg::cli {

// Return the output of --help and of --version.
std::string HelpText();
std::string VersionText();

// Returns the output of --help after a command: its flags, keys and formats. The verb
// must be one of Verbs().
std::string HelpTextOf(Verb verb);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_HELP_H_
