// Lists the metadata names that a caller must not set.
#ifndef PORTREG_COMMON_TEXT_RESERVED_METADATA_H_
#define PORTREG_COMMON_TEXT_RESERVED_METADATA_H_

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace portreg {

// The reserved names that do not begin with "grpc-". gRPC 1.51 reads or writes some of them
// itself (traits in its metadata_batch.h); a few even abort the process. HTTP/2 forbids the
// others, or a proxy would act on them (RFC 9113 section 8.2.2).
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

// Returns true if gRPC or HTTP/2 reserves the name. The name must be in lower case.
inline bool IsReservedMetadata(absl::string_view name) {
  return absl::StartsWith(name, "grpc-") ||
         std::find(kReservedMetadata.begin(), kReservedMetadata.end(), name) !=
             kReservedMetadata.end();
}

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_RESERVED_METADATA_H_
