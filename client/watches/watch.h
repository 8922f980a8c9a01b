// Follows the revisions of a server.
#ifndef PORTREG_CLIENT_WATCHES_WATCH_H_
#define PORTREG_CLIENT_WATCHES_WATCH_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/backoff.h"
#include "client/calls/checked_call_options.h"
#include "client/calls/clock.h"
#include "client/connections/backend.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "portreg/watcher.h"

namespace portreg::internal {

// Does the work of a Watcher. It has one stream open at a time, or pauses between
// two; either keeps it alive. Callbacks run without mutex_. Thread-safe.
class Watch final : public StreamListener<v1::WatchResponse>,
                    public std::enable_shared_from_this<Watch> {
 public:
  Watch(std::shared_ptr<const Backend> backend, RevisionCallback on_revision, WatchOptions options);

  // Must be called once.
  void Start();

  // See Watcher::Cancel.
  void Cancel();

 private:
  struct Callbacks {
    RevisionCallback on_revision;
    StatusCallback on_interruption;
    RecoveryCallback on_recovery;
    StatusCallback on_end;
  };

  bool OnMessage(v1::WatchResponse message) override;
  void OnEnd(const grpc::Status& status) override;

  // Opens a stream, unless the watch is cancelled.
  void Open();
  // Sets the alarm that ends the stream if no message comes in time.
  void LimitFirstMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnSilence(int stream);
  // Returns why a stream that ended with `end` has failed; OK if it has not.
  [[nodiscard]] absl::Status Explain(const grpc::Status& end) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Pause();
  // Ends the watch for good.
  void End(const absl::Status& status);
  // Calls `function` with the callbacks, unless the watch is cancelled.
  template <typename Function>
  void Call(Function function);

  const std::shared_ptr<const Backend> backend_;
  // Only its metadata is used.
  const absl::StatusOr<CheckedCallOptions> options_;
  const absl::Duration max_backoff_;

  // Held while a callback runs.
  Mutex calling_ ABSL_ACQUIRED_BEFORE(mutex_);
  Callbacks callbacks_ ABSL_GUARDED_BY(calling_);

  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // The thread that runs a callback, if any.
  std::thread::id caller_ ABSL_GUARDED_BY(mutex_);
  // The last revision seen; empty if none.
  std::string revision_ ABSL_GUARDED_BY(mutex_);
  // Null unless a stream is open.
  std::shared_ptr<MessageStream> stream_ ABSL_GUARDED_BY(mutex_);
  // The last stream that was opened: its number, its request, and when that was.
  int number_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::WatchRequest request_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime opened_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfinitePast();
  // Why the open stream was cancelled; OK if it was not.
  absl::Status fault_ ABSL_GUARDED_BY(mutex_);
  // True once the open stream has had a message.
  bool has_message_ ABSL_GUARDED_BY(mutex_) = false;
  // True once the open stream was cancelled because no message came in time.
  bool timed_out_ ABSL_GUARDED_BY(mutex_) = false;
  // True while on_interruption has been called and on_recovery has not.
  bool interrupted_ ABSL_GUARDED_BY(mutex_) = false;
  // True if there was no connection. Then the next stream waits for one.
  bool awaits_connection_ ABSL_GUARDED_BY(mutex_) = false;
  Backoff backoff_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Alarm> first_message_alarm_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Alarm> pause_alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_WATCHES_WATCH_H_
