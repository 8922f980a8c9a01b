// Answers questions from the embedded registry.
#ifndef PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "common/model/layer.h"

namespace portreg::cli {

// Returns a source that answers like a portregd without files of its own. Needs no
// server.
std::unique_ptr<Source> MakeEmbeddedSource();

// Returns a source that answers like a portregd with these further layers. Returns
// the errors of Registry::Create().
absl::StatusOr<std::unique_ptr<Source>> MakeEmbeddedSource(std::vector<LayerData> further);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_EMBEDDED_SOURCE_H_
