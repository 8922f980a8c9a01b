// What the tool says of itself.
#ifndef PORTREG_CLIENT_CLI_BASE_HELP_H_
#define PORTREG_CLIENT_CLI_BASE_HELP_H_

#include <string>

#include "client/cli/base/verbs.h"

namespace portreg::cli {

// What --help and --version print.
std::string HelpText();
std::string VersionText();

// What --help behind a command prints: what this command takes. The verb must be
// one of Verbs().
std::string HelpTextOf(Verb verb);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_HELP_H_
