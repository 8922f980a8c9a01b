// What calls are made over.
#ifndef PORTREG_CLIENT_CONNECTIONS_LINE_H_
#define PORTREG_CLIENT_CONNECTIONS_LINE_H_

#include <memory>

#include "client/calls/methods.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Either a channel or, where a test brought one, a stub; the other is null. Whoever
// starts a call holds it until the call has started; gRPC keeps the channel from
// then on.
struct Line {
  std::shared_ptr<Stub> stub;
  std::shared_ptr<grpc::Channel> channel;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_LINE_H_
