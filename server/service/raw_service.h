// Passes the RPCs of portreg.v1.PortRegistryService on as bytes.
#ifndef PORTREG_SERVER_SERVICE_RAW_SERVICE_H_
#define PORTREG_SERVER_SERVICE_RAW_SERVICE_H_

#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/service/method.h"

namespace portreg::server {

namespace internal {
using RawMethods = v1::PortRegistryService::WithRawCallbackMethod_Lookup<
    v1::PortRegistryService::WithRawCallbackMethod_BatchLookup<
        v1::PortRegistryService::WithRawCallbackMethod_Classify<
            v1::PortRegistryService::WithRawCallbackMethod_Check<
                v1::PortRegistryService::WithRawCallbackMethod_Suggest<
                    v1::PortRegistryService::WithRawCallbackMethod_ListRange<
                        v1::PortRegistryService::WithRawCallbackMethod_Search<
                            v1::PortRegistryService::WithRawCallbackMethod_Watch<
                                v1::PortRegistryService::WithRawCallbackMethod_GetRegistryInfo<
                                    v1::PortRegistryService::Service>>>>>>>>>;
}  // namespace internal

// Passes each RPC to one of two methods as serialised bytes. The methods can then refuse bytes
// that are not a message, or text that is not UTF-8, and state the reason. With the generated
// methods, gRPC would answer UNIMPLEMENTED.
class RawService : public internal::RawMethods {
 public:
  // Answers a unary RPC. `request` and `response` exist until the call is over.
  virtual grpc::ServerUnaryReactor* Answer(Method method, grpc::CallbackServerContext& context,
                                           const grpc::ByteBuffer& request,
                                           grpc::ByteBuffer& response) = 0;

  // Answers an RPC that streams its reply. `request` exists until Stream returns.
  virtual grpc::ServerWriteReactor<grpc::ByteBuffer>* Stream(Method method,
                                                             grpc::CallbackServerContext& context,
                                                             const grpc::ByteBuffer& request) = 0;

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) final {
    return Answer(Method::kLookup, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) final {
    return Answer(Method::kBatchLookup, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) final {
    return Answer(Method::kClassify, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) final {
    return Answer(Method::kCheck, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Suggest(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) final {
    return Answer(Method::kSuggest, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) final {
    return Answer(Method::kSearch, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* GetRegistryInfo(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) final {
    return Answer(Method::kGetRegistryInfo, *context, *request, *response);
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListRange(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) final {
    return Stream(Method::kListRange, *context, *request);
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) final {
    return Stream(Method::kWatch, *context, *request);
  }
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_RAW_SERVICE_H_
