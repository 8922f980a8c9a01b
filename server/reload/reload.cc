#include "server/reload/reload.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

// How long after a failure to try again although no file has changed.
constexpr absl::Duration kBetweenTries = absl::Minutes(1);

}  // namespace

Reloader::Reloader(std::vector<ReloadSubject> subjects, absl::Duration interval,
                   SystemdNotifier& systemd_notifier)
    : subjects_(std::move(subjects)),
      interval_(interval),
      systemd_notifier_(systemd_notifier),
      stats_(subjects_.size()),
      retry_(subjects_.size(), MonotonicTime::InfiniteFuture()) {
  for (ReloadStats& stats : stats_) stats.last_success = absl::Now();
  thread_ = std::thread([this] { Run(); });
}

Reloader::~Reloader() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Reloader::ReloadSoon() {
  {
    const MutexLock lock(mutex_);
    requested_ = true;
  }
  changed_.NotifyAll();
}

std::vector<ReloadStats> Reloader::stats() const {
  const MutexLock lock(mutex_);
  return stats_;
}

std::optional<bool> Reloader::AwaitTurn() {
  // Bounded, because the interval may be infinite.
  const absl::Duration wait = std::min(interval_, absl::Hours(1));
  const MonotonicTime look = interval_ > absl::ZeroDuration() ? MonotonicTime::Now() + wait
                                                              : MonotonicTime::InfiniteFuture();
  const MutexLock lock(mutex_);
  while (!requested_ && !ending_ && MonotonicTime::Now() < look) changed_.WaitUntil(mutex_, look);
  if (ending_) return std::nullopt;
  return std::exchange(requested_, false);
}

void Reloader::Run() {
  while (const std::optional<bool> requested = AwaitTurn()) {
    if (*requested) systemd_notifier_.Reloading();
    for (size_t i = 0; i < subjects_.size(); ++i) Check(i, *requested);
    if (*requested) systemd_notifier_.Ready();
  }
}

void Reloader::Check(size_t subject, bool requested) {
  const FileChange change = subjects_[subject].files.Look();
  NoteUnsettled(subject, change);
  const bool taken = change == FileChange::kSettled || change == FileChange::kReplaced;
  const bool again = change == FileChange::kNone && MonotonicTime::Now() >= retry_[subject];
  if (requested || taken || again) Reload(subject);
}

void Reloader::NoteUnsettled(size_t subject, FileChange change) {
  // This look does not show yet whether the changes go on.
  if (change == FileChange::kChanging) return;
  const bool unsettled = change == FileChange::kReplaced || change == FileChange::kWritten;
  {
    const MutexLock lock(mutex_);
    if (std::exchange(stats_[subject].unsettled, unsettled) || !unsettled) return;
  }
  Log(Severity::kWarning, "files change without pause",
      {{"subject", subjects_[subject].name},
       {"looks", int64_t{FileWatch::kMostLooks}},
       {"taken", std::string(change == FileChange::kReplaced
                                 ? "yes, they are replaced as a whole"
                                 : "no, they are written in place and may be incomplete")}});
}

void Reloader::Reload(size_t subject) {
  const std::string& name = subjects_[subject].name;
  const absl::StatusOr<bool> outcome = subjects_[subject].reload();
  retry_[subject] =
      outcome.ok() ? MonotonicTime::InfiniteFuture() : MonotonicTime::Now() + kBetweenTries;
  if (!outcome.ok()) {
    Log(Severity::kError, "reload failed",
        {{"subject", name}, {"error", std::string(outcome.status().message())}});
  }
  const MutexLock lock(mutex_);
  ReloadStats& stats = stats_[subject];
  stats.failing = !outcome.ok();
  if (!outcome.ok()) {
    ++stats.failed;
    return;
  }
  stats.last_success = absl::Now();
  ++(*outcome ? stats.succeeded : stats.unchanged);
}

}  // namespace portreg::server
