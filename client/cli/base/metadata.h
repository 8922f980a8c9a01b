// What is sent along with every call, as gRPC metadata.
#ifndef PORTREG_CLIENT_CLI_BASE_METADATA_H_
#define PORTREG_CLIENT_CLI_BASE_METADATA_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::cli {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Reads headers as they are written on a command line, NAME:VALUE. Names may be
// in any case; blanks around a value are no part of it; the value of a name that
// ends in "-bin" is written in base64. INVALID_ARGUMENT, naming the header, for
// one that CallOptions::metadata does not allow.
absl::StatusOr<Metadata> ReadHeaders(const std::vector<std::string>& headers);

// Adds the trace that the caller belongs to, as the variable TRACEPARENT has it
// by OpenTelemetry's convention; nothing for a text that is no traceparent of
// W3C Trace Context, version 00, and if metadata holds one.
void AddTraceparent(absl::string_view variable, Metadata& metadata);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_METADATA_H_
