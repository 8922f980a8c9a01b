// Echoes the headers by which a caller recognises the answer to a call.
#ifndef PORTREG_SERVER_SERVICE_CORRELATION_H_
#define PORTREG_SERVER_SERVICE_CORRELATION_H_

#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"

namespace portreg::server {

// The headers for the caller's own identifier of a request, and for that of W3C
// Trace Context.
inline constexpr const char* kRequestIdHeader = "x-request-id";
inline constexpr const char* kTraceHeader = "traceparent";

// Returns true if the value of such a header is echoed: it has 1 to 128 bytes, all of them
// printable ASCII.
bool MayBeEchoed(absl::string_view value);

// Copies the caller's x-request-id and traceparent into the call's initial
// metadata if they may be echoed. Call it before the initial metadata is sent.
void EchoCorrelation(grpc::CallbackServerContext& context);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_CORRELATION_H_
