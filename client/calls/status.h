// Converts gRPC's statuses to Abseil's, and back.
#ifndef PORTREG_CLIENT_CALLS_STATUS_H_
#define PORTREG_CLIENT_CALLS_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Keeps the code and the message, and the details as a payload under
// kStatusDetailsUrl. Returns INTERNAL for a compressed reply, which gRPC reports as
// UNIMPLEMENTED.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Keeps only the code and the message.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Returns true if a batch has failed because its reply is too large; fewer lookups
// may succeed. A busy server returns RESOURCE_EXHAUSTED too, but needs fewer calls.
bool IsBatchReplyTooLarge(const absl::Status& status);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_STATUS_H_
