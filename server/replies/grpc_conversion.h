// Converts between the values of gRPC and those of Abseil and Protobuf.
#ifndef PORTREG_SERVER_REPLIES_GRPC_CONVERSION_H_
#define PORTREG_SERVER_REPLIES_GRPC_CONVERSION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "grpc/support/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "grpcpp/support/status.h"

namespace portreg::server {

// Converts a status. Its details become the trailer grpc-status-details-bin.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Parses a request, and frees the content of `bytes`. Returns INVALID_ARGUMENT with
// the reason if `bytes` is not such a message.
absl::Status TakeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

// Returns a slice that owns `bytes`, without a copy.
grpc::Slice ToSlice(std::string bytes);

// Sets `message` to the slices, without a copy. Swaps, because gRPC 1.51's buffer has
// no move.
void Put(absl::Span<const grpc::Slice> slices, grpc::ByteBuffer& message);

// Returns the time after `duration`, for gRPC's deadlines and alarms. Setting the
// system's clock does not affect it.
gpr_timespec After(absl::Duration duration);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_GRPC_CONVERSION_H_
