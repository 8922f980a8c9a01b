// Answers questions by asking a server.
#ifndef PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"

namespace portreg::cli {

// Returns a source that asks the server at `options.target` and uses `call` for each
// call. Returns the errors of Client::Create(). Does not connect.
absl::StatusOr<std::unique_ptr<Source>> MakeRemoteSource(const ClientOptions& options,
                                                         const CallOptions& call = {});

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_REMOTE_SOURCE_H_
