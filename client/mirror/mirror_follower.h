// Keeps a mirror's snapshot up to date.
#ifndef PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_
#define PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/backoff.h"
#include "client/mirror/mirror_source.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "portreg/mirror.h"

namespace portreg::internal {

// Does the work of a Mirror: a watch reports the server's revision, and a thread
// fetches it, because making a snapshot takes too long for gRPC's threads.
class MirrorFollower {
 public:
  // Takes a snapshot that has replaced another.
  using ChangeCallback = absl::AnyInvocable<void(const std::shared_ptr<const MirrorSnapshot>&)>;

  MirrorFollower(std::unique_ptr<MirrorSource> source, ChangeCallback on_change);
  MirrorFollower(const MirrorFollower&) = delete;
  MirrorFollower& operator=(const MirrorFollower&) = delete;
  ~MirrorFollower();

  // Fetches the first snapshot, then follows the server. Must be called first, and
  // once. If it fails, nothing else may be called.
  absl::Status Start();

  // Thread-safe. See Mirror.
  [[nodiscard]] std::shared_ptr<const MirrorSnapshot> snapshot() const;
  [[nodiscard]] absl::Status status() const;
  [[nodiscard]] absl::Duration staleness() const;

 private:
  void Watch(const std::string& revision);
  void OnRevision(const std::string& revision);
  void OnLost(const absl::Status& status, bool for_good);
  // Sets status_, unless the watch has ended.
  void Note(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Runs on thread_.
  void Run();
  // Waits until there is work. Returns false if the follower is being destroyed.
  bool AwaitWork(bool& asks);
  // Asks for the revision and fetches a snapshot, as far as needed. Returns false
  // if that has to be tried again.
  bool CatchUp();
  absl::Status AskRevision();
  absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> Fetch();
  void Take(const std::shared_ptr<const MirrorSnapshot>& next);
  // Waits for `pause`; for less if the follower is being destroyed, or if the
  // server reports a revision after kUrgentPause.
  void Rest(absl::Duration pause);
  // Waits until `end`, or until `ends_early` returns true.
  template <typename Condition>
  void WaitUntil(MonotonicTime end, Condition ends_early) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<MirrorSource> source_;
  // Used by thread_ alone.
  ChangeCallback on_change_;

  mutable Mutex mutex_;
  // Notified when a member changes that thread_ waits for.
  ConditionVariable changed_;
  bool stops_ ABSL_GUARDED_BY(mutex_) = false;
  // The revision to be fetched.
  std::string wanted_ ABSL_GUARDED_BY(mutex_);
  // True if the server has to be asked for its revision.
  bool asks_ ABSL_GUARDED_BY(mutex_) = false;
  // True once the watch has ended; status_ does not change any more.
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const MirrorSnapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime not_ok_since_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfiniteFuture();
  // When the server first reported a revision that snapshot_ does not hold; absent
  // if it has not.
  std::optional<MonotonicTime> behind_since_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_MIRROR_MIRROR_FOLLOWER_H_
