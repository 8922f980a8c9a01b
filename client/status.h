// From gRPC's statuses to Abseil's.
#ifndef PORTREG_CLIENT_STATUS_H_
#define PORTREG_CLIENT_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Keeps code and message, and the details as a payload under
// kStatusDetailsUrl.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_STATUS_H_
