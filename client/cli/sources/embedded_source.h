// Answers questions from the embedded registry.
#ifndef PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_

#include <memory>

#include "client/cli/sources/source.h"

namespace portreg::cli {

// Returns a source that answers like a portregd without files of its own. Needs no
// server.
std::unique_ptr<Source> MakeEmbeddedSource();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
