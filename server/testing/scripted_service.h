// Serves the registry, except for the calls that a script lets fail.
#ifndef PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_
#define PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_

#include <memory>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/server_interceptor.h"
#include "server/service/method.h"
#include "server/service/publication.h"
#include "server/service/raw_service.h"
#include "server/service/service.h"
#include "server/testing/script.h"

namespace portreg::testing::internal {

// Fails the calls that the script lets fail, and passes the others to the real service.
// Thread-safe.
class ScriptedService final : public server::RawService {
 public:
  // Both must outlive the service.
  ScriptedService(const server::Publication& publication, Script& script)
      : service_(publication), script_(script) {}

  grpc::ServerUnaryReactor* Answer(server::Method method, grpc::CallbackServerContext& context,
                                   const grpc::ByteBuffer& request,
                                   grpc::ByteBuffer& response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Stream(server::Method method,
                                                     grpc::CallbackServerContext& context,
                                                     const grpc::ByteBuffer& request) override;

  // Ends streams and refuses further calls, with UNAVAILABLE. When it returns, clients that
  // read have the status of their calls.
  void Stop() {
    service_.calls().Stop();
    (void)service_.calls().AwaitNone(absl::Milliseconds(100));
  }

 private:
  server::PortRegistryService service_;
  Script& script_;
};

// Returns a factory of interceptors that record each call of the registry in the script
// and apply the script's delay. The script must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeInterceptorFactory(
    Script& script);

}  // namespace portreg::testing::internal

#endif  // PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_
