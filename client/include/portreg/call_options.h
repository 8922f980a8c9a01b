// Sets the timeout and the metadata of a single call.
#ifndef PORTREG_CALL_OPTIONS_H_
#define PORTREG_CALL_OPTIONS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace portreg {

// Overrides ClientOptions for a single call.
struct CallOptions {
  // How long the call may take, including its retries. Above 0. Default: absent,
  // ClientOptions::timeout, or list_timeout for a listing.
  std::optional<absl::Duration> timeout;
  // Sent with the call as gRPC metadata, such as {"x-request-id", "7f3a"} or
  // {"traceparent", "00-..."}; portregd sends these two back. Names consist of
  // lower-case letters, digits and "-_.". Names that begin with "grpc-" and names
  // that gRPC or HTTP/2 use, such as "user-agent", "host" or "grpclb_client_stats",
  // are refused. Values are printable ASCII; any bytes if the name ends in "-bin".
  // At most 8 KiB in all, where each pair counts 32 bytes more than its length.
  // Default: empty.
  std::vector<std::pair<std::string, std::string>> metadata;
};

}  // namespace portreg

#endif  // PORTREG_CALL_OPTIONS_H_
