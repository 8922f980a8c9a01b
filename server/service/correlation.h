// What ties a call to the requests it is made for.
#ifndef PORTREG_SERVER_SERVICE_CORRELATION_H_
#define PORTREG_SERVER_SERVICE_CORRELATION_H_

#include "grpcpp/grpcpp.h"

namespace portreg::server {

// The caller's own name of a request, and W3C Trace Context's.
inline constexpr const char* kRequestIdHeader = "x-request-id";
inline constexpr const char* kTraceHeader = "traceparent";

// Sends the caller's x-request-id and traceparent (W3C Trace Context) back in
// the call's initial metadata, so that whoever sees the answer can tell what it
// answers. Values above 128 bytes and those that are not printable ASCII are
// not sent back. Must come before the initial metadata is sent.
void EchoCorrelation(grpc::CallbackServerContext& context);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_CORRELATION_H_
