// Declares what calls are made over.
#ifndef PORTREG_CLIENT_CONNECTIONS_LINE_H_
#define PORTREG_CLIENT_CONNECTIONS_LINE_H_

#include <memory>

#include "client/calls/methods.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Holds either a channel or a test's stub; the other is null. The caller of a method
// must keep it until the call has started. From then on gRPC keeps the channel.
struct Line {
  std::shared_ptr<Stub> stub;
  std::shared_ptr<grpc::Channel> channel;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_LINE_H_
