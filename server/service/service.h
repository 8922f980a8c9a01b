// The gRPC side of the registry: bytes in, handler, bytes out.
#ifndef PORTREG_SERVER_SERVICE_SERVICE_H_
#define PORTREG_SERVER_SERVICE_SERVICE_H_

#include <cstddef>
#include <utility>

#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/service/calls.h"
#include "server/service/publication.h"

namespace portreg::server {

namespace internal {
// Raw methods, so that bytes which are no message, or text that is not UTF-8,
// are refused by us with a reason: the generated methods would answer
// UNIMPLEMENTED.
using RawPortRegistryService = v1::PortRegistryService::WithRawCallbackMethod_Lookup<
    v1::PortRegistryService::WithRawCallbackMethod_BatchLookup<
        v1::PortRegistryService::WithRawCallbackMethod_Classify<
            v1::PortRegistryService::WithRawCallbackMethod_ListRange<
                v1::PortRegistryService::WithRawCallbackMethod_Search<
                    v1::PortRegistryService::WithRawCallbackMethod_Watch<
                        v1::PortRegistryService::WithRawCallbackMethod_GetRegistryInfo<
                            v1::PortRegistryService::Service>>>>>>>;
}  // namespace internal

// Unary calls with a request of up to so many bytes are answered on gRPC's
// threads, but for searches; others wait for a worker. A lookup's request has at
// most 76 bytes, a batch of 64 ports 384. What a batch of this length costs at
// most, of names that nothing has, stays below a millisecond.
inline constexpr size_t kQuickRequestBytes = 512;

// Serves portreg.v1.PortRegistryService from what is published. gRPC calls it
// from several threads at once.
class PortRegistryService final : public internal::RawPortRegistryService {
 public:
  // The publication must outlive the service.
  explicit PortRegistryService(const Publication& publication, ServiceOptions options = {})
      : publication_(publication), calls_(std::move(options)) {}

  // The calls under way.
  [[nodiscard]] Calls& calls() { return calls_; }

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

 private:
  const Publication& publication_;
  Calls calls_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_SERVICE_H_
