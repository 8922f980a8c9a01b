// What the tool says of itself.
#ifndef PORTREG_CLIENT_CLI_HELP_H_
#define PORTREG_CLIENT_CLI_HELP_H_

#include <string>

namespace portreg::cli {

// What --help and --version print.
std::string HelpText();
std::string VersionText();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_HELP_H_
