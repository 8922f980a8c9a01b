// Makes the channel that ClientOptions describe.
#ifndef PORTREG_CLIENT_CONNECTIONS_CHANNEL_H_
#define PORTREG_CLIENT_CONNECTIONS_CHANNEL_H_

#include <memory>
#include <string>

#include "grpcpp/grpcpp.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// Returns the target of calls: CompleteTarget() if that succeeds, else unchanged.
std::string TargetOf(const ClientOptions& options);

// Returns gRPC's service config: round_robin, retries on UNAVAILABLE, health checks.
std::string ServiceConfigJson(const ClientOptions& options);

// Makes a channel with these credentials. Does not connect.
std::shared_ptr<grpc::Channel> MakeChannel(
    const ClientOptions& options, const std::shared_ptr<grpc::ChannelCredentials>& credentials);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_CHANNEL_H_
