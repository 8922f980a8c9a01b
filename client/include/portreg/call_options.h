// What one call does otherwise than ClientOptions say.
#ifndef PORTREG_CALL_OPTIONS_H_
#define PORTREG_CALL_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace portreg {

// The terms of a single call.
struct CallOptions {
  // How long the call may take, its retries among it. Above 0. Default:
  // nothing, which leaves it to ClientOptions::timeout (of a listing:
  // list_timeout).
  absl::optional<absl::Duration> timeout;
  // Sent along as gRPC metadata, such as {"x-request-id", "7f3a"} or
  // {"traceparent", "00-..."}, both of which portregd sends back. Names are of
  // lower-case letters, digits and "-_."; those that begin with "grpc-" and
  // those of gRPC and HTTP/2 themselves, such as "user-agent", "host" or
  // "grpclb_client_stats", are refused. Values are printable ASCII, or any bytes where the name
  // ends in "-bin". At most 8 KiB in all, each piece counted with 32 bytes more.
  std::vector<std::pair<std::string, std::string>> metadata;
};

}  // namespace portreg

#endif  // PORTREG_CALL_OPTIONS_H_
