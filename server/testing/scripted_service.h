// The registry's service with a script in front of it.
#ifndef PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_
#define PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_

#include <memory>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/server_interceptor.h"
#include "server/service/publication.h"
#include "server/service/service.h"
#include "server/testing/script.h"

namespace portreg::testing::internal {

// Fails the calls that the script wants to fail, and leaves the others to the
// real service. gRPC calls it from several threads at once.
class ScriptedService final : public server::internal::RawPortRegistryService {
 public:
  // Both must outlive the service.
  ScriptedService(const server::Publication& publication, Script& script)
      : service_(publication), script_(script) {}

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListRange(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* GetRegistryInfo(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;

  // Ends the streams, with UNAVAILABLE, and turns further calls away. Clients
  // that read have been told when it returns.
  void Stop() {
    service_.calls().Stop();
    (void)service_.calls().AwaitNone(absl::Milliseconds(100));
  }

 private:
  using StreamMethod = grpc::ServerWriteReactor<grpc::ByteBuffer>* (
      server::PortRegistryService::*)(grpc::CallbackServerContext*, const grpc::ByteBuffer*);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Stream(StreamMethod method,
                                                     grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request);
  using UnaryMethod = grpc::ServerUnaryReactor* (
      server::PortRegistryService::*)(grpc::CallbackServerContext*, const grpc::ByteBuffer*,
                                      grpc::ByteBuffer*);
  grpc::ServerUnaryReactor* Answer(UnaryMethod method, grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

  server::PortRegistryService service_;
  Script& script_;
};

// Makes what notes each call of the registry's in the script, and holds it up
// as the script wants. The script must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeInterceptorFactory(
    Script& script);

}  // namespace portreg::testing::internal

#endif  // PORTREG_SERVER_TESTING_SCRIPTED_SERVICE_H_
