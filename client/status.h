// From gRPC's statuses to Abseil's.
#ifndef PORTREG_CLIENT_STATUS_H_
#define PORTREG_CLIENT_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Keeps code and message, and the details as a payload under
// kStatusDetailsUrl.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Whether a batch has failed for the size of its reply: then fewer lookups may
// succeed. A server that is busy says RESOURCE_EXHAUSTED too, and wants no more
// calls.
bool IsBatchReplyTooLarge(const absl::Status& status);

// The status that the lookup would have had by itself. INTERNAL for a failure
// that bears no error's code.
absl::Status FromLookupFailure(const v1::LookupFailure& failure);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_STATUS_H_
