// Tells connections apart.
#ifndef PORTREG_SERVER_WORKERS_CONNECTION_ID_H_
#define PORTREG_SERVER_WORKERS_CONNECTION_ID_H_

#include "grpcpp/grpcpp.h"
#include "server/workers/fair_queue.h"

namespace portreg::server {

// Returns an identifier of the call's connection. It is equal for calls of one
// connection, and different for connections that are open at the same time, even
// those to one Unix socket. It is valid until the call is over. In-process calls share
// one identifier.
[[nodiscard]] FlowId ConnectionOf(grpc::CallbackServerContext& context);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WORKERS_CONNECTION_ID_H_
