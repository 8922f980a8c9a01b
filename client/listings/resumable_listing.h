// A listing across broken streams.
#ifndef PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "client/listings/listing_validator.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// What a listing knows of itself from one stream to the next. gRPC retries a
// stream only until its first bytes arrive; whoever reads it, with or without
// blocking, opens the next one with what this says.
class ResumableListing {
 public:
  ResumableListing(std::shared_ptr<const Connection> connection, CheckedCallOptions terms,
                   v1::ListRangeRequest request)
      : connection_(std::move(connection)),
        terms_(std::move(terms)),
        request_(std::move(request)),
        check_(request_) {}

  [[nodiscard]] const Connection& connection() const { return *connection_; }

  // Of the next stream.
  [[nodiscard]] const v1::ListRangeRequest& request() const { return request_; }

  // Whether a stream has broken before.
  [[nodiscard]] bool resumed() const { return resumed_; }

  // How long the first stream may wait for its connection.
  [[nodiscard]] absl::Duration ConnectTimeout() const {
    return connection_->ConnectTimeout(terms_);
  }

  // Prepares the context of the next stream. The first time, the clock starts.
  void Prepare(grpc::ClientContext& context);

  // Takes a message that has arrived, its records aside, and checks it. `bytes`:
  // its size. INTERNAL ends the listing.
  absl::Status Take(const v1::ListRangeResponse& message, size_t bytes);

  // Checks the next record of the last message. INTERNAL ends the listing.
  absl::Status Check(const v1::PortRecord& record);

  // Whether a stream that ended so may be opened again, after Pause(): it broke
  // with UNAVAILABLE, and not without a message that says how to go on.
  [[nodiscard]] bool Resume(const grpc::Status& end);

  [[nodiscard]] absl::Duration Pause() const {
    return connection_->options().retry.initial_backoff;
  }

  // The status for the caller. INTERNAL for OK without any message.
  [[nodiscard]] absl::Status Explain(const grpc::Status& end) const;

 private:
  const std::shared_ptr<const Connection> connection_;
  const CheckedCallOptions terms_;
  v1::ListRangeRequest request_;
  ListingValidator check_;
  MonotonicTime deadline_ = MonotonicTime::InfiniteFuture();
  // Whether there has been a stream; one that broke; a message of this stream.
  bool begun_ = false;
  bool resumed_ = false;
  bool has_yielded_ = false;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_RESUMABLE_LISTING_H_
