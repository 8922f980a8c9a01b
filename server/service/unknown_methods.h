// Answers calls of unknown methods.
#ifndef PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_
#define PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_

#include "grpcpp/generic/async_generic_service.h"
#include "server/service/calls.h"

namespace portreg::server {

// Answers calls of methods that the server does not have with UNIMPLEMENTED, and counts them.
// gRPC would answer the same without this class, but would not count them.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  // `calls` must outlive the object.
  explicit UnknownMethods(Calls& calls) : calls_(calls) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  Calls& calls_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_UNKNOWN_METHODS_H_
