// Reloads files that have changed while the server serves.
#ifndef PORTREG_SERVER_RELOAD_RELOAD_H_
#define PORTREG_SERVER_RELOAD_RELOAD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "server/process/systemd_notifier.h"
#include "server/reload/file_watch.h"

namespace portreg::server {

// How the reloads of one subject went.
struct ReloadStats {
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  uint64_t unchanged = 0;
  // Whether the last attempt failed.
  bool failing = false;
  // Whether the files change without pause: FileChange::kReplaced or kWritten.
  bool unsettled = false;
  absl::Time last_success;
};

// Something that can be reloaded while it is in use.
struct ReloadSubject {
  // As metrics and log name it: "registry", "certificates".
  std::string name;
  // Watches the files that it is made of; made before they were first read.
  FileWatch files;
  // Reloads it as a whole or, on error, not at all. Returns whether anything is
  // different now. Runs on the reloader's thread only.
  std::function<absl::StatusOr<bool>()> reload;
};

// Reloads subjects on a thread of its own: when their files change, and when
// told to. A failure leaves things as they are, is logged, and is tried again
// when the files change once more, or when they are looked at a minute later:
// what was not yet valid may be so by then. Files that change without pause are
// reported by log and stats.
//
// Thread-safe.
class Reloader {
 public:
  // Looks at the files each `interval`; zero: never. `systemd_notifier` is told of
  // the reloads that somebody asked for, and must outlive the reloader.
  Reloader(std::vector<ReloadSubject> subjects, absl::Duration interval,
           SystemdNotifier& systemd_notifier);
  ~Reloader();

  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // Reloads everything soon, changed or not.
  void ReloadSoon();

  // By subject, in their order.
  [[nodiscard]] std::vector<ReloadStats> stats() const;
  [[nodiscard]] const std::vector<ReloadSubject>& subjects() const { return subjects_; }

 private:
  void Run();
  // Waits until the files are to be looked at. Returns whether somebody asked for
  // a reload; nothing when the reloader is about to be destroyed.
  std::optional<bool> AwaitTurn();
  // Looks at the subject's files, and reloads it if they changed, a failure is to
  // be tried again, or `told`.
  void Check(size_t subject, bool told);
  void NoteUnsettled(size_t subject, FileChange change);
  void Reload(size_t subject);

  std::vector<ReloadSubject> subjects_;
  const absl::Duration interval_;
  SystemdNotifier& systemd_notifier_;
  mutable Mutex mutex_;
  ConditionVariable changed_;
  std::vector<ReloadStats> stats_ ABSL_GUARDED_BY(mutex_);
  bool told_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  // When to try what failed again. Used by the reloader's thread only.
  std::vector<MonotonicTime> retry_;
  std::thread thread_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_RELOAD_H_
