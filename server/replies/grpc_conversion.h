// Between gRPC's values and ours.
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

// With the status's details as the trailer grpc-status-details-bin.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Reads a request out of `bytes`, and lets go of them. INVALID_ARGUMENT, saying
// why, for bytes that are no such message.
absl::Status TakeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

// A slice that owns `bytes`, without copying them.
grpc::Slice ToSlice(std::string bytes);

// Makes `message` of the slices, without copying them or it: gRPC 1.51's buffer
// has no move.
void Put(absl::Span<const grpc::Slice> slices, grpc::ByteBuffer& message);

// The time that comes after `duration`, for gRPC's deadlines and alarms. It stays
// right when the system's clock is set.
gpr_timespec After(absl::Duration duration);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_GRPC_CONVERSION_H_
