// Serves portreg.v1.PortRegistryService by gRPC: bytes in, answer, bytes out.
#ifndef PORTREG_SERVER_SERVICE_SERVICE_H_
#define PORTREG_SERVER_SERVICE_SERVICE_H_

#include <cstddef>
#include <utility>

#include "grpcpp/grpcpp.h"
#include "server/service/calls.h"
#include "server/service/method.h"
#include "server/service/publication.h"
#include "server/service/raw_service.h"

namespace portreg::server {

// Bytes of the longest request of a unary call that is answered at once. Longer requests, and
// those of Search, Check and Suggest, wait for a worker. A lookup's request has at most 76 bytes,
// and a batch of 64 ports has 384. Even the most costly batch of this length, one of unknown
// names, takes less than a millisecond.
inline constexpr size_t kQuickRequestBytes = 512;

// Serves the current snapshot of a publication. Thread-safe.
class PortRegistryService final : public RawService {
 public:
  // The publication must outlive the service.
  explicit PortRegistryService(const Publication& publication, ServiceOptions options = {})
      : publication_(publication), calls_(std::move(options)) {}

  [[nodiscard]] Calls& calls() { return calls_; }

  grpc::ServerUnaryReactor* Answer(Method method, grpc::CallbackServerContext& context,
                                   const grpc::ByteBuffer& request,
                                   grpc::ByteBuffer& response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Stream(Method method,
                                                     grpc::CallbackServerContext& context,
                                                     const grpc::ByteBuffer& request) override;

 private:
  const Publication& publication_;
  Calls calls_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_SERVICE_H_
