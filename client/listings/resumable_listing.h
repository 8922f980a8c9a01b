// Continues a listing across broken streams.
#ifndef PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/backend.h"
#include "client/listings/listing_validator.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/support/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Holds what a listing needs from one stream to the next. gRPC retries a stream
// only until its first bytes arrive; the reader of the listing, blocking or not,
// opens the next stream with what this class returns. Not thread-safe.
class ResumableListing {
 public:
  ResumableListing(std::shared_ptr<const Backend> backend, CheckedCallOptions options,
                   v1::ListRangeRequest request)
      : backend_(std::move(backend)),
        options_(std::move(options)),
        request_(std::move(request)),
        validator_(request_) {}

  // The request of the next stream.
  [[nodiscard]] const v1::ListRangeRequest& request() const { return request_; }

  // Returns true if a stream has broken.
  [[nodiscard]] bool resumed() const { return resumed_; }

  // How long the first stream may wait for its connection.
  [[nodiscard]] absl::Duration ConnectTimeout() const {
    return std::min(backend_->options().timeout, options_.timeout());
  }

  // Returns the terms of the next stream, which is about to be opened. The
  // listing's timeout begins with the first call.
  [[nodiscard]] CallTerms NextTerms();

  // Checks a message of `bytes` bytes, but not its records, and notes where it
  // ends. INTERNAL ends the listing.
  absl::Status Take(const v1::ListRangeResponse& message, size_t bytes);

  // Checks the next record of the last message. INTERNAL ends the listing.
  absl::Status Check(const v1::PortRecord& record);

  // Returns true if another stream may be opened after Pause(), because the last
  // one broke with UNAVAILABLE after a message that says where to continue.
  [[nodiscard]] bool Resume(const grpc::Status& end);

  [[nodiscard]] absl::Duration Pause() const { return backend_->options().retry.initial_backoff; }

  // Returns the caller's status for a listing whose last stream ended with `end`.
  // INTERNAL if no message has come.
  [[nodiscard]] absl::Status Explain(const grpc::Status& end) const;

 private:
  const std::shared_ptr<const Backend> backend_;
  const CheckedCallOptions options_;
  v1::ListRangeRequest request_;
  ListingValidator validator_;
  MonotonicTime deadline_ = MonotonicTime::InfiniteFuture();
  // True once a stream has been opened.
  bool begun_ = false;
  // True once a stream has broken.
  bool resumed_ = false;
  // True once the current stream has yielded a message.
  bool has_yielded_ = false;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_
