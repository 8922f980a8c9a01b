// Computes the serialised reply to a request of each unary RPC, for gRPC and for the web
// door.
#ifndef PORTREG_SERVER_SERVICE_UNARY_REPLY_H_
#define PORTREG_SERVER_SERVICE_UNARY_REPLY_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/slice.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/snapshot.h"
#include "server/service/calls.h"
#include "server/service/method.h"

namespace portreg::server {

// The call that a reply is for.
struct Serving {
  Calls& calls;
  // Set to true when the client no longer waits for the reply.
  const std::atomic<bool>& cancelled;
};

// Return the serialised response, or the error of the contract.
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::LookupRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::BatchLookupRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::ClassifyRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::CheckRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::SuggestRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::SearchRequest& request,
                                  const Serving& call);
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot,
                                  const v1::GetRegistryInfoRequest& request, const Serving& call);

// Parses the bytes of a request of `method`, which must be unary, and serves it. Also
// returns the errors of ParseRequest.
absl::StatusOr<grpc::Slice> ServeBytes(Method method, absl::string_view request,
                                       const Snapshot& snapshot, const Serving& call);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_UNARY_REPLY_H_
