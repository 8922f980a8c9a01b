// Writes texts as YAML scalars.
#ifndef PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_
#define PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_

#include <string>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// Returns a text in double quotes, as YAML 1.1 and 1.2 read it. Escapes control characters
// and what YAML does not allow in a file. `text` must be UTF-8.
std::string YamlQuoted(absl::string_view text);

// Like YamlQuoted(), but without quotes if every reader takes the plain text for a string: "https"
// needs no quotes; "443", "no" and "~" need them.
std::string YamlText(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_
