// Keeps a mirror's snapshot in step with the server.
#ifndef PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_
#define PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "client/calls/backoff.h"
#include "common/system/monotonic_time.h"
#include "portreg/mirror.h"

namespace portreg::internal {

// What a Mirror does: a watch says what the server serves, and a thread fetches
// it. Making a snapshot takes too long for gRPC's threads.
class MirrorFollower {
 public:
  MirrorFollower(std::shared_ptr<const Client> client, MirrorOptions options);
  MirrorFollower(const MirrorFollower&) = delete;
  MirrorFollower& operator=(const MirrorFollower&) = delete;
  ~MirrorFollower();

  // Fetches the first snapshot, then follows. Must be called first, and once; if
  // it fails, nothing else may be called.
  absl::Status Start();

  [[nodiscard]] std::shared_ptr<const MirrorSnapshot> snapshot() const;
  [[nodiscard]] absl::Status status() const;
  [[nodiscard]] absl::Duration staleness() const;

 private:
  using MaybeMessage = absl::optional<v1::ListRangeResponse>;

  // Begins to watch; whoever knows `revision` is not told of it.
  void Follow(const std::string& revision);
  void Run();
  // Does what there is to do, without lock. False if it has to be tried again.
  bool CatchUp();
  // Waits for `pause`; for less if the mirror goes, or news come after a while.
  void Rest(absl::Duration pause, std::unique_lock<std::mutex>& lock);
  // Asks which revision is served, notes it, and watches anew.
  absl::Status AskRevision();
  absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> Fetch();
  absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> FetchOnce();
  void Take(const std::shared_ptr<const MirrorSnapshot>& next);

  // Makes an asynchronous call, which `begin` is given the callback for, and
  // waits for its outcome. `cancel` ends it when the mirror goes.
  template <typename T>
  absl::StatusOr<T> Await(const std::function<std::function<void()>(Callback<T>)>& begin);

  // Of the watch.
  void OnRevision(const std::string& revision);
  void OnLost(const absl::Status& status, bool for_good);
  // With mutex_ held.
  void Note(const absl::Status& status);

  const std::shared_ptr<const Client> client_;
  MirrorOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stops_ = false;
  // What the thread has to do: fetch until it has this revision, and ask which
  // one is served.
  std::string wanted_;
  bool asks_ = false;
  // Whether the watch has ended: then nothing is OK again.
  bool over_ = false;
  // Ends the call that the thread waits for, if any.
  std::function<void()> cancel_;
  std::shared_ptr<const MirrorSnapshot> snapshot_;
  absl::Status status_;
  MonotonicTime not_ok_since_ = MonotonicTime::InfiniteFuture();
  // Since when the server has told of what snapshot_ does not hold; nothing if it
  // has not.
  absl::optional<MonotonicTime> behind_since_;
  // The pause after the server was asked; longer after each time that this was of
  // no use, or that the server had been lost.
  static constexpr absl::Duration kLeastPause = absl::Milliseconds(50);
  static constexpr absl::Duration kLongestPause = absl::Seconds(10);
  Backoff backoff_{kLeastPause, kLongestPause};
  MonotonicTime rested_at_ = MonotonicTime::Now();

  // Of Start, then of the thread.
  absl::optional<Watcher> watcher_;
  std::thread thread_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_
