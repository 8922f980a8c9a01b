// Says which names of metadata are not for a caller to set.
#ifndef PORTREG_COMMON_TEXT_RESERVED_METADATA_H_
#define PORTREG_COMMON_TEXT_RESERVED_METADATA_H_

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace portreg {

// Beside names that begin with "grpc-": names that gRPC 1.51 reads or writes itself (traits in its
// metadata_batch.h), for some of which it ends the process, and those that HTTP/2
// forbids or that a proxy would act upon (RFC 9113 section 8.2.2).
inline constexpr std::array<absl::string_view, 17> kReservedMetadata = {
    "connection",
    "content-length",
    "content-type",
    "endpoint-load-metrics-bin",
    "expect",
    "grpclb_client_stats",
    "host",
    "http2-settings",
    "keep-alive",
    "lb-cost-bin",
    "lb-token",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-endpoint-load-metrics-bin",
};

// Returns whether the name, in lower case, is reserved for gRPC or HTTP/2.
inline bool IsReservedMetadata(absl::string_view name) {
  return absl::StartsWith(name, "grpc-") ||
         std::find(kReservedMetadata.begin(), kReservedMetadata.end(), name) !=
             kReservedMetadata.end();
}

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_RESERVED_METADATA_H_
