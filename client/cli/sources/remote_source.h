// Answers from a server.
#ifndef PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"

namespace portreg::cli {

// Makes a source that asks the server at `options.target`, each call with
// `call`; the errors are Client::Create's. Does not connect.
absl::StatusOr<std::unique_ptr<Source>> MakeRemoteSource(const ClientOptions& options,
                                                         const CallOptions& call = {});

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_
