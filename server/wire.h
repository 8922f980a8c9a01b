// Between gRPC's values and ours.
#ifndef PORTREG_SERVER_WIRE_H_
#define PORTREG_SERVER_WIRE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "grpcpp/support/status.h"

namespace portreg {

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

}  // namespace portreg

#endif  // PORTREG_SERVER_WIRE_H_
