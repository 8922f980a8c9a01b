// Converts gRPC's statuses to Abseil's, and back.
#ifndef PORTREG_CLIENT_CALLS_STATUS_H_
#define PORTREG_CLIENT_CALLS_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Keeps code and message, and the details as a payload under
// kStatusDetailsUrl. INTERNAL for gRPC's word of a reply that is compressed,
// which is UNIMPLEMENTED.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Keeps code and message alone.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Whether a batch has failed for the size of its reply: then fewer lookups may
// succeed. A server that is busy says RESOURCE_EXHAUSTED too, and wants no more
// calls.
bool IsBatchReplyTooLarge(const absl::Status& status);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_STATUS_H_
