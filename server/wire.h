// Between gRPC's values and ours.
#ifndef PORTREG_SERVER_WIRE_H_
#define PORTREG_SERVER_WIRE_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

namespace portreg {

// With the status's details as the trailer grpc-status-details-bin.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Reads a request. INVALID_ARGUMENT, saying why, for bytes that are no such
// message.
absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

}  // namespace portreg

#endif  // PORTREG_SERVER_WIRE_H_
