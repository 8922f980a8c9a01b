// Finds the service names that a shell offers to complete a key.
#ifndef PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_NAMES_H_
#define PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_NAMES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// The most names that NamesBeginningWith() returns.
inline constexpr size_t kMaxCompletions = 200;

// Returns the first names and aliases of the embedded registry that begin with `prefix`,
// ignoring case, in alphabetical order, each once. Leaves out names that a shell would
// have to quote, and those of the table of common ports, which are words for people.
// Returns none for an empty prefix. Asks no server and builds no index, so it takes a few
// milliseconds.
std::vector<std::string> NamesBeginningWith(absl::string_view prefix);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_NAMES_H_
