#include "client/calls/checked_call_options.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/calls/grpc_time.h"
#include "common/text/field_size.h"
#include "common/text/reserved_metadata.h"
#include "grpc/grpc.h"

namespace portreg::internal {
namespace {

// Returns gRPC's own judgement of a text. The slice refers to the text.
bool Holds(int (*judge)(grpc_slice), absl::string_view text) {
  return judge(grpc_slice_from_static_buffer(text.data(), text.size())) != 0;
}

// The error names the metadata, but not its value, which may be a secret.
absl::Status CheckMetadata(absl::string_view name, absl::string_view value) {
  constexpr size_t kMostShown = 64;
  const auto refuse = [name](absl::string_view why) {
    const absl::string_view end = name.size() > kMostShown ? "...\" " : "\" ";
    return absl::InvalidArgumentError(absl::StrCat(
        "CallOptions.metadata \"", absl::CHexEscape(name.substr(0, kMostShown)), end, why));
  };
  if (!Holds(grpc_header_key_is_legal, name) || absl::StartsWith(name, ":")) {
    return refuse("is not a name of lower-case letters, digits and \"-_.\"");
  }
  if (IsReservedMetadata(name)) return refuse("is reserved for gRPC and HTTP/2");
  if (!Holds(grpc_is_binary_header, name) && !Holds(grpc_header_nonbin_value_is_legal, value)) {
    return refuse("has a value that is not printable ASCII");
  }
  return absl::OkStatus();
}

}  // namespace

void Prepare(grpc::ClientContext& context, MonotonicTime deadline, const CallMetadata& metadata) {
  context.set_deadline(ToGrpcTime(deadline));
  for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
}

absl::StatusOr<CheckedCallOptions> CheckedCallOptions::Create(
    const CallOptions& options, const DefaultTimeout& default_timeout) {
  const absl::Duration timeout = options.timeout.value_or(default_timeout.value);
  if (timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.timeout ? "CallOptions.timeout" : default_timeout.name, " is ",
                     absl::FormatDuration(timeout), ", it must be above 0"));
  }
  size_t bytes = 0;
  for (const auto& [name, value] : options.metadata) {
    if (absl::Status status = CheckMetadata(name, value); !status.ok()) return status;
    bytes += FieldSize(name, value);
  }
  // A server may close the connection if there is more, and end other calls with it.
  if (bytes > kMaxMetadataBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "CallOptions.metadata takes ", bytes, " bytes in all, with ", kFieldOverheadBytes,
        " for each piece, at most ", kMaxMetadataBytes, " are allowed"));
  }
  return CheckedCallOptions(timeout, options.metadata);
}

}  // namespace portreg::internal
