#include "server/workers/connection_id.h"

#include "grpc/grpc_security.h"

namespace portreg::server {

FlowId ConnectionOf(grpc::CallbackServerContext& context) {
  // gRPC creates one authentication context at each handshake, in plaintext too. The
  // calls of the connection share it and keep it alive.
  grpc_auth_context* const authentication = grpc_call_auth_context(context.c_call());
  const auto id = reinterpret_cast<FlowId>(authentication);
  grpc_auth_context_release(authentication);
  return id;
}

}  // namespace portreg::server
