// Calls that do not block.
#ifndef PORTREG_ASYNC_H_
#define PORTREG_ASYNC_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

namespace internal {
class Cancellable;
class AsyncListing;
}  // namespace internal

// Takes the outcome of a call: exactly once, mostly on a thread of gRPC's,
// which it must not block; before the function that it was given to returns if
// the call could not be made at all.
template <typename Response>
using Callback = absl::AnyInvocable<void(absl::StatusOr<Response>) &&>;

// A call that is under way. Copies stand for the same call; that one goes away
// does not cancel it. Any number of threads may use one at once.
class PendingCall {
 public:
  // Clients make these.
  explicit PendingCall(std::weak_ptr<internal::Cancellable> call);
  // Stands for the same call.
  PendingCall(const PendingCall&);
  // Stands for the same call.
  PendingCall& operator=(const PendingCall&);
  ~PendingCall();

  // Lets the call end as soon as possible, with CANCELLED unless it is over by
  // then. The callback runs all the same.
  void Cancel() const;

 private:
  std::weak_ptr<internal::Cancellable> call_;
};

// The messages of a listing, each when it is asked for: a reader that takes its
// time holds the server back. A listing that breaks goes on as RecordStream's
// does.
//
//   void Reader::Continue() {
//     stream_.Next([this](auto message) {
//       if (!message.ok()) return Fail(message.status());
//       if (!message->has_value()) return Finish();
//       for (const portreg::v1::PortRecord& record : (*message)->records()) Use(record);
//       Continue();
//     });
//   }
//
// Movable. For one thread at a time; Cancel() for any.
class AsyncRecordStream {
 public:
  // Clients make these.
  explicit AsyncRecordStream(std::shared_ptr<internal::AsyncListing> reader);
  // A stream that was moved from is at its end.
  AsyncRecordStream(AsyncRecordStream&&) noexcept;
  // Cancels the listing that this stood for.
  AsyncRecordStream& operator=(AsyncRecordStream&&) noexcept;
  // Cancels a listing that has not been read to its end. A callback that waits
  // still runs, perhaps afterwards.
  ~AsyncRecordStream();

  // Reads the next message; the first call begins the listing. Nothing in place
  // of a message is the end. An error ends the listing too, and comes again
  // with every further call. FAILED_PRECONDITION if another message is being
  // waited for.
  void Next(Callback<absl::optional<v1::ListRangeResponse>> callback);

  // Lets the listing end with CANCELLED.
  void Cancel();

 private:
  std::shared_ptr<internal::AsyncListing> reader_;
};

}  // namespace portreg

#endif  // PORTREG_ASYNC_H_
