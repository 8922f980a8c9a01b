// Reads a listing without blocking.
#ifndef PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "client/calls/cancellable.h"
#include "client/calls/clock.h"
#include "client/connections/backend.h"
#include "client/listings/resumable_listing.h"
#include "common/system/mutex.h"
#include "portreg/async_record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Does the work of an AsyncRecordStream. It has one stream open at a time, which
// keeps it alive. Callbacks run without a lock. Thread-safe: besides the user's
// threads, gRPC's use it.
class AsyncListing final : public Cancellable,
                           public StreamListener<v1::ListRangeResponse>,
                           public std::enable_shared_from_this<AsyncListing> {
 public:
  using MessageCallback = Callback<std::optional<v1::ListRangeResponse>>;

  AsyncListing(std::shared_ptr<const Backend> backend, ResumableListing listing);
  // A listing that has failed before it began.
  explicit AsyncListing(absl::Status status);

  // See AsyncRecordStream.
  void Next(MessageCallback callback);
  void Cancel() override;

 private:
  enum class State {
    // No stream has been opened.
    kNew,
    // A stream is being opened, or reads a message.
    kReading,
    // A stream is open and waits for the next call of Next().
    kIdle,
    // A stream broke; the next one is opened after a pause.
    kPausing,
    kOver,
  };

  bool OnMessage(v1::ListRangeResponse message) override;
  void OnEnd(const grpc::Status& status) override;

  void Open();
  void OnConnectTimeout();
  // Checks a message that has arrived. Returns INTERNAL if it breaks the contract.
  absl::Status Check(const v1::ListRangeResponse& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Ends the listing with verdict_, and calls the callback that waits, if any.
  void End();

  // Null if the listing failed before it began.
  const std::shared_ptr<const Backend> backend_;
  Mutex mutex_;
  // Absent if the listing failed before it began.
  std::optional<ResumableListing> listing_ ABSL_GUARDED_BY(mutex_);
  State state_ ABSL_GUARDED_BY(mutex_) = State::kNew;
  // Why the listing ends, or has ended: a cancellation, a broken contract, a missing
  // connection or the end of the last stream. OK as long as none of these is known,
  // and after the last message.
  absl::Status verdict_ ABSL_GUARDED_BY(mutex_);
  // Waits for a message; empty if nobody does.
  MessageCallback callback_ ABSL_GUARDED_BY(mutex_);
  // Null unless a stream is open.
  std::shared_ptr<MessageStream> stream_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Alarm> connect_alarm_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Alarm> pause_alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_ASYNC_LISTING_H_
