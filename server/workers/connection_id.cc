#include "server/workers/connection_id.h"

#include "grpc/grpc_security.h"

namespace portreg::server {

FlowId ConnectionOf(grpc::CallbackServerContext& context) {
  // gRPC makes one of these at each handshake, in plaintext too, and shows it to
  // the calls of that connection. They keep it alive.
  grpc_auth_context* const authentication = grpc_call_auth_context(context.c_call());
  const auto id = reinterpret_cast<FlowId>(authentication);
  grpc_auth_context_release(authentication);
  return id;
}

}  // namespace portreg::server
