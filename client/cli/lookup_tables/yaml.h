// Writes texts as YAML scalars.
#ifndef PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_
#define PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_

#include <string>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// Returns a text in double quotes, as YAML 1.1 and 1.2 read it. Escapes control characters
// and what YAML does not allow in a file. `text` must be UTF-8.
std::string YamlQuoted(absl::string_view text);

// Like YamlQuoted(), but without quotes where no reader takes the text for anything but
// this text: "https" needs none, "443", "no" and "~" do.
std::string YamlText(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_LOOKUP_TABLES_YAML_H_
