// Holds a stream of revisions open.
#ifndef PORTREG_CLIENT_WATCHES_WATCH_H_
#define PORTREG_CLIENT_WATCHES_WATCH_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/calls/backoff.h"
#include "client/calls/checked_call_options.h"
#include "client/connections/connection.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "portreg/watcher.h"

namespace portreg::internal {

// What a Watcher does. One stream of gRPC's at a time, or a pause between two;
// either keeps the watch alive until it is over. Nobody else's code runs under
// the lock.
class Watch final : public std::enable_shared_from_this<Watch> {
 public:
  Watch(std::shared_ptr<const Connection> connection, RevisionCallback on_revision,
        WatchOptions options);

  // Must be called once.
  void Start();

  // See Watcher::Cancel.
  void Cancel();

 private:
  class Stream;

  // Opens a stream, unless the watch is cancelled.
  void Open();
  // Gives a stream up that has to say something soon, and does not.
  void LimitFirstWord();
  void OnSilence(int stream);

  // The ways that a stream reports, never two at once.
  void OnMessage(const v1::WatchResponse& message);
  void OnEnd(const grpc::Status& status);

  // What a stream that ended so has failed with. With mutex_ held.
  [[nodiscard]] absl::Status Explain(const grpc::Status& end) const;
  // Runs a callback of the caller's, unless the watch is cancelled.
  template <typename Function>
  void Tell(Function function);
  void End(const absl::Status& status);
  void Pause();
  // Lets the callbacks go; none may run.
  void DropCallbacks();

  const std::shared_ptr<const Connection> connection_;
  // Nothing but metadata counts.
  const absl::StatusOr<CheckedCallOptions> terms_;
  RevisionCallback on_revision_;
  // Its revision is the last one seen.
  WatchOptions options_;

  std::mutex mutex_;
  std::condition_variable told_;
  bool cancelled_ = false;
  // The thread that runs a callback, if any.
  std::thread::id caller_;
  // Null unless a stream is open.
  Stream* stream_ = nullptr;
  // Of the last stream that was opened: its number, and when that was.
  int number_ = 0;
  MonotonicTime opened_ = MonotonicTime::InfinitePast();
  // Whether the stream that is open has told a revision, and whether it was given
  // up since it did not.
  bool has_spoken_ = false;
  bool given_up_ = false;
  // Whether the caller has been told that the server is lost.
  bool interrupted_ = false;
  // Whether there was no connection: then the next stream waits for one.
  bool awaits_connection_ = false;
  Backoff backoff_;
  std::unique_ptr<grpc::Alarm> first_word_alarm_;
  std::unique_ptr<grpc::Alarm> pause_alarm_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_WATCHES_WATCH_H_
