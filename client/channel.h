// Makes the channel that ClientOptions describe.
#ifndef PORTREG_CLIENT_CHANNEL_H_
#define PORTREG_CLIENT_CHANNEL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// The target, or the default one if it is empty.
std::string TargetOf(const ClientOptions& options);

// gRPC's service config: round_robin, retries on UNAVAILABLE, health checks.
std::string ServiceConfigJson(const ClientOptions& options);

// For a TLS file, naming it: NOT_FOUND, PERMISSION_DENIED, or
// INVALID_ARGUMENT if it is not PEM. Does not connect.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const ClientOptions& options);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CHANNEL_H_
