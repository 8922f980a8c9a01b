// Answers from a server.
#ifndef PORTREG_CLIENT_CLI_REMOTE_SOURCE_H_
#define PORTREG_CLIENT_CLI_REMOTE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/source.h"
#include "portreg/client.h"
#include "portreg/client_options.h"

namespace portreg::cli {

// Makes a source that asks the server at `options.target`; the errors are
// Client::Create's. Does not connect.
absl::StatusOr<std::unique_ptr<Source>> MakeRemoteSource(const ClientOptions& options);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_REMOTE_SOURCE_H_
