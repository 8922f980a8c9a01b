// Reads a listing without blocking.
#ifndef PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_

#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "client/calls/cancellable.h"
#include "client/listings/resumable_listing.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// What an AsyncRecordStream does. One stream of gRPC's at a time; each keeps
// the reader alive until it is over. Any number of threads may use it at once:
// gRPC's do, besides the user's. Nobody else's code runs under the lock.
class AsyncListing final : public Cancellable, public std::enable_shared_from_this<AsyncListing> {
 public:
  using MessageCallback = Callback<absl::optional<v1::ListRangeResponse>>;

  explicit AsyncListing(ResumableListing listing);
  // A listing that has failed before it began.
  explicit AsyncListing(absl::Status status);

  void Next(MessageCallback callback);
  void Cancel() override;

 private:
  class Stream;
  enum class Phase { kNew, kOpen, kPausing, kOver };

  void Open();
  // The ways that a stream reports. The first says whether to read on at once,
  // to no end but the stream's.
  bool OnMessage(v1::ListRangeResponse message);
  void OnEnd(const grpc::Status& status);
  void OnConnectTimeout();
  void OnPauseOver();

  // Checks a message that has arrived. With mutex_ held.
  absl::Status Check(const v1::ListRangeResponse& message);
  // Ends the listing, and tells the callback that waits, if any.
  void End(const absl::Status& status);

  std::mutex mutex_;
  // Nothing where it has failed before it began.
  absl::optional<ResumableListing> listing_;
  Phase phase_ = Phase::kNew;
  // Waits for a message; empty if nobody does.
  MessageCallback callback_;
  // Null unless a stream is open.
  Stream* stream_ = nullptr;
  // Whether the stream is reading.
  bool reading_ = false;
  bool cancelled_ = false;
  bool connect_timed_out_ = false;
  // What a message broke of the contract.
  absl::Status fault_;
  // How the listing ended.
  absl::Status end_;
  grpc::Alarm connect_alarm_;
  std::unique_ptr<grpc::Alarm> pause_alarm_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_
