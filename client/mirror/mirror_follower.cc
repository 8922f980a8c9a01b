#include "client/mirror/mirror_follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace portreg::internal {
namespace {

// How often a listing begins again because the registry changed during it.
constexpr int kMaxChanges = 3;

// The pause after the server was asked. It grows after each time that this was of
// no use, or that the server had been lost.
constexpr absl::Duration kLeastPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(10);
// A new revision ends a pause, but not earlier, because a server may report
// revisions without an end.
constexpr absl::Duration kUrgentPause = absl::Seconds(1);

// The server is followed, but it does not list the revision that it reports.
absl::Status NotListed(const std::string& told, const std::string& listed) {
  return absl::AbortedError(absl::StrCat("the server announces revision \"", absl::CHexEscape(told),
                                         "\" and lists revision \"", absl::CHexEscape(listed),
                                         "\""));
}

}  // namespace

MirrorFollower::MirrorFollower(std::unique_ptr<MirrorSource> source, ChangeCallback on_change)
    : source_(std::move(source)), on_change_(std::move(on_change)) {}

MirrorFollower::~MirrorFollower() {
  {
    const MutexLock lock(mutex_);
    stops_ = true;
  }
  source_->CancelCalls();
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
  // Not earlier, because the thread may begin another watch.
  source_->StopWatching();
}

absl::Status MirrorFollower::Start() {
  absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> first = Fetch();
  if (!first.ok()) return first.status();
  const std::string revision = (*first)->revision();
  {
    const MutexLock lock(mutex_);
    snapshot_ = *std::move(first);
    wanted_ = revision;
  }
  Watch(revision);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void MirrorFollower::Watch(const std::string& revision) {
  source_->Watch(revision, {.on_revision = [this](const std::string& now) { OnRevision(now); },
                            .on_lost = [this](const absl::Status& status,
                                              bool for_good) { OnLost(status, for_good); }});
}

std::shared_ptr<const MirrorSnapshot> MirrorFollower::snapshot() const {
  const MutexLock lock(mutex_);
  return snapshot_;
}

absl::Status MirrorFollower::status() const {
  const MutexLock lock(mutex_);
  return status_;
}

absl::Duration MirrorFollower::staleness() const {
  const MutexLock lock(mutex_);
  const MonotonicTime now = source_->clock().Now();
  MonotonicTime since = now;
  if (!status_.ok()) since = not_ok_since_;
  if (behind_since_) since = std::min(since, *behind_since_);
  return now - since;
}

void MirrorFollower::OnRevision(const std::string& revision) {
  {
    const MutexLock lock(mutex_);
    wanted_ = revision;
    asks_ = false;
    if (revision == snapshot_->revision()) {
      behind_since_.reset();
    } else if (!behind_since_) {
      behind_since_ = source_->clock().Now();
    }
  }
  changed_.NotifyAll();
}

void MirrorFollower::OnLost(const absl::Status& status, bool for_good) {
  {
    const MutexLock lock(mutex_);
    Note(status);
    // A server that is back sends nothing if its revision is the old one.
    asks_ = !for_good;
    over_ = for_good;
  }
  changed_.NotifyAll();
}

void MirrorFollower::Note(const absl::Status& status) {
  if (over_) return;
  if (status_.ok() && !status.ok()) not_ok_since_ = source_->clock().Now();
  status_ = status;
}

void MirrorFollower::Run() {
  Clock& clock = source_->clock();
  Backoff backoff(kLeastPause, kLongestPause);
  MonotonicTime rested_at = clock.Now();
  bool was_lost = false;
  while (AwaitWork(was_lost)) {
    if (clock.Now() - rested_at > kLongestPause) backoff.Reset();
    // A server that was lost may be lost again at once.
    const bool succeeded = CatchUp() && !was_lost;
    if (succeeded) backoff.Reset();
    Rest(succeeded ? kLeastPause : backoff.Next());
    rested_at = clock.Now();
  }
}

bool MirrorFollower::AwaitWork(bool& asks) {
  const MutexLock lock(mutex_);
  while (!stops_ && !asks_ && wanted_ == snapshot_->revision()) changed_.Wait(mutex_);
  asks = asks_;
  return !stops_;
}

template <typename Condition>
void MirrorFollower::WaitUntil(MonotonicTime end, Condition ends_early) {
  Clock& clock = source_->clock();
  for (MonotonicTime now = clock.Now(); now < end && !ends_early(); now = clock.Now()) {
    clock.Wait(changed_, mutex_, end - now);
  }
}

void MirrorFollower::Rest(absl::Duration pause) {
  const MutexLock lock(mutex_);
  const MonotonicTime begin = source_->clock().Now();
  const std::string wanted = wanted_;
  WaitUntil(begin + std::min(pause, kUrgentPause),
            [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stops_; });
  WaitUntil(begin + pause,
            [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stops_ || wanted_ != wanted; });
}

bool MirrorFollower::CatchUp() {
  bool asks;
  {
    const MutexLock lock(mutex_);
    asks = asks_;
  }
  absl::Status status = asks ? AskRevision() : absl::OkStatus();
  std::string wanted;
  bool fetches = false;
  {
    const MutexLock lock(mutex_);
    wanted = wanted_;
    fetches = status.ok() && wanted != snapshot_->revision();
  }
  if (fetches) {
    absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> next = Fetch();
    status = next.status();
    if (next.ok()) Take(*std::move(next));
  }
  const MutexLock lock(mutex_);
  if (status.ok() && asks_) return false;
  const std::string& held = snapshot_->revision();
  // The listing may be another replica's than the revision that was reported.
  if (status.ok() && held != wanted && held != wanted_) status = NotListed(wanted_, held);
  Note(status);
  return status.ok();
}

absl::Status MirrorFollower::AskRevision() {
  const absl::StatusOr<std::string> revision = source_->AskRevision();
  if (!revision.ok()) return revision.status();
  {
    const MutexLock lock(mutex_);
    // A revision that the watch has reported meanwhile is newer.
    if (!std::exchange(asks_, false)) return absl::OkStatus();
    wanted_ = *revision;
    if (wanted_ == snapshot_->revision()) behind_since_.reset();
  }
  // A watch that was interrupted, and has had no message since, would not report
  // the next interruption.
  Watch(*revision);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> MirrorFollower::Fetch() {
  for (int changes = 0;; ++changes) {
    absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> fetched = source_->Fetch();
    if (!absl::IsAborted(fetched.status()) || changes == kMaxChanges) return fetched;
  }
}

void MirrorFollower::Take(const std::shared_ptr<const MirrorSnapshot>& next) {
  std::shared_ptr<const MirrorSnapshot> old = next;
  {
    const MutexLock lock(mutex_);
    if (stops_ || next->revision() == snapshot_->revision()) return;
    // The old one is destroyed without the lock.
    snapshot_.swap(old);
    if (wanted_ == next->revision()) behind_since_.reset();
  }
  if (on_change_ != nullptr) on_change_(next);
}

}  // namespace portreg::internal
