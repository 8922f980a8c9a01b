// Reads the gRPC metadata that is sent with every call.
#ifndef PORTREG_CLIENT_CLI_BASE_METADATA_H_
#define PORTREG_CLIENT_CLI_BASE_METADATA_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::cli {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Reads headers in the form of the command line, NAME:VALUE. Names may be in any case.
// Blanks around a value are removed. The value of a name that ends in "-bin" is read as
// base64. INVALID_ARGUMENT, naming the header, for one that CallOptions::metadata does
// not allow, and if all together exceed kMaxMetadataBytes.
absl::StatusOr<Metadata> ReadHeaders(const std::vector<std::string>& headers);

// Adds the caller's trace from the environment variable TRACEPARENT, by OpenTelemetry's
// convention. Adds nothing if the text is not a traceparent of W3C Trace Context, version
// 00, if `metadata` already has one, or if it would exceed kMaxMetadataBytes.
void AddTraceparent(absl::string_view variable, Metadata& metadata);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_METADATA_H_
