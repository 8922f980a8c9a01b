// Checks CallOptions.
#ifndef PORTREG_CLIENT_CALLS_CHECKED_CALL_OPTIONS_H_
#define PORTREG_CLIENT_CALLS_CHECKED_CALL_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/grpcpp.h"
#include "portreg/call_options.h"

namespace portreg::internal {

// Names and values that are sent with a call.
using CallMetadata = std::vector<std::pair<std::string, std::string>>;

// Prepares the context of a call that must end by `deadline`.
void Prepare(grpc::ClientContext& context, MonotonicTime deadline, const CallMetadata& metadata);

// The timeout of a call whose options have none.
struct DefaultTimeout {
  absl::Duration value;
  // Its name in errors.
  absl::string_view name;
};

// Holds CallOptions that have been checked, because gRPC ends the process if
// metadata is not legal.
class CheckedCallOptions {
 public:
  // Returns INVALID_ARGUMENT, naming the culprit, for a timeout or metadata out of
  // bounds. `default_timeout` applies if `options` have no timeout.
  static absl::StatusOr<CheckedCallOptions> Create(const CallOptions& options,
                                                   const DefaultTimeout& default_timeout);

  [[nodiscard]] absl::Duration timeout() const { return timeout_; }
  [[nodiscard]] const CallMetadata& metadata() const { return metadata_; }

  // Returns when a call that begins now must have ended.
  [[nodiscard]] MonotonicTime Deadline() const { return MonotonicTime::Now() + timeout_; }

  // Prepares the context of a call, or of a part of one, that must end by
  // `deadline`.
  void Apply(MonotonicTime deadline, grpc::ClientContext& context) const {
    Prepare(context, deadline, metadata_);
  }

 private:
  CheckedCallOptions(absl::Duration timeout, CallMetadata metadata)
      : timeout_(timeout), metadata_(std::move(metadata)) {}

  absl::Duration timeout_;
  CallMetadata metadata_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CHECKED_CALL_OPTIONS_H_
