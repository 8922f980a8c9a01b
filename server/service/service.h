// Serves portreg.v1.PortRegistryService by gRPC: bytes in, answer, bytes out.
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
// The service with raw methods, so that our code can refuse bytes that are not a
// message, or text that is not UTF-8, and give the reason. The generated methods
// would answer UNIMPLEMENTED.
using RawPortRegistryService = v1::PortRegistryService::WithRawCallbackMethod_Lookup<
    v1::PortRegistryService::WithRawCallbackMethod_BatchLookup<
        v1::PortRegistryService::WithRawCallbackMethod_Classify<
            v1::PortRegistryService::WithRawCallbackMethod_ListRange<
                v1::PortRegistryService::WithRawCallbackMethod_Search<
                    v1::PortRegistryService::WithRawCallbackMethod_Watch<
                        v1::PortRegistryService::WithRawCallbackMethod_GetRegistryInfo<
                            v1::PortRegistryService::Service>>>>>>>;
}  // namespace internal

// The longest request of a unary call that gRPC's own threads answer; longer ones,
// and searches, wait for a worker. A lookup's request has at most 76 bytes, and a
// batch of 64 ports has 384. Even the most costly batch of this length, one of
// unknown names, takes less than a millisecond.
inline constexpr size_t kQuickRequestBytes = 512;

// Serves the current snapshot of a publication. Thread-safe.
class PortRegistryService final : public internal::RawPortRegistryService {
 public:
  // The publication must outlive the service.
  explicit PortRegistryService(const Publication& publication, ServiceOptions options = {})
      : publication_(publication), calls_(std::move(options)) {}

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
