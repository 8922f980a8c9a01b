// Answers from the registry that the tool brings along.
#ifndef PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_

#include <memory>

#include "client/cli/sources/source.h"

namespace portreg::cli {

// Makes a source that answers as a portregd without files would, and needs no
// server.
std::unique_ptr<Source> MakeEmbeddedSource();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
