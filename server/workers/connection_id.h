// Tells connections apart.
#ifndef PORTREG_SERVER_WORKERS_CONNECTION_ID_H_
#define PORTREG_SERVER_WORKERS_CONNECTION_ID_H_

#include "grpcpp/grpcpp.h"
#include "server/workers/fair_queue.h"

namespace portreg::server {

// The connection that a call came by: equal for calls of one connection, and
// different for connections that are open at the same time, those by Unix
// sockets too, whose peers all have one name. Valid for as long as the call
// lasts. Calls within the process have one in common.
[[nodiscard]] FlowId ConnectionOf(grpc::CallbackServerContext& context);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WORKERS_CONNECTION_ID_H_
