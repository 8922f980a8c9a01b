// Calls of methods that nobody serves.
#ifndef PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_
#define PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_

#include "grpcpp/generic/async_generic_service.h"
#include "server/service/calls.h"

namespace portreg::server {

// Answers them with UNIMPLEMENTED, as gRPC would by itself, and counts them.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  // `calls` must outlive it.
  explicit UnknownMethods(Calls& calls) : calls_(calls) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  Calls& calls_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_
