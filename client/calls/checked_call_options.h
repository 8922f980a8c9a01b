// What one call takes and brings along.
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

// What is sent along with a call: names and values.
using CallMetadata = std::vector<std::pair<std::string, std::string>>;

// Prepares the context of a call that must be over at `deadline`.
void Prepare(grpc::ClientContext& context, MonotonicTime deadline, const CallMetadata& metadata);

// The timeout of a call whose options give none.
struct DefaultTimeout {
  absl::Duration value;
  // Names it in an error.
  absl::string_view name;
};

// CallOptions that have been checked: gRPC ends the process over metadata that
// is not legal.
class CheckedCallOptions {
 public:
  // INVALID_ARGUMENT, naming it, for a timeout or a piece of metadata that is
  // out of bounds. `default_timeout` stands in for a timeout that is not given.
  static absl::StatusOr<CheckedCallOptions> Create(const CallOptions& options,
                                                   const DefaultTimeout& default_timeout);

  [[nodiscard]] absl::Duration timeout() const { return timeout_; }
  [[nodiscard]] const CallMetadata& metadata() const { return metadata_; }

  // When a call that begins now must be over.
  [[nodiscard]] MonotonicTime Deadline() const { return MonotonicTime::Now() + timeout_; }

  // Prepares the context of a call, or of a part of one, that must be over at
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
