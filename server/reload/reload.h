// Reloads changed files while the server serves.
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

// The results of the reloads of one subject.
struct ReloadStats {
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  uint64_t unchanged = 0;
  // True if the last attempt failed.
  bool failing = false;
  // True if the files change without pause: FileChange::kReplaced or kWritten.
  bool unsettled = false;
  absl::Time last_success;
};

// Something that can be reloaded while it is in use.
struct ReloadSubject {
  // The name in metrics and log: "registry" or "certificates".
  std::string name;
  // Watches the files of the subject. Constructed before they were first read.
  FileWatch files;
  // Reloads the subject completely. Returns true if anything has changed. On error,
  // the subject stays as it was. Runs on the reloader's thread only.
  std::function<absl::StatusOr<bool>()> reload;
};

// Reloads subjects on a separate thread: when their files change, and on ReloadSoon.
// Logs a failure, and tries again when the files change once more, and after a minute,
// because a certificate that was not yet valid may be valid by then. Reports files
// that change without pause in the log and in the stats.
//
// Thread-safe.
class Reloader {
 public:
  // Looks at the files once every `interval`; never if it is zero. Reports reloads
  // that ReloadSoon requests to `systemd_notifier`, which must outlive the reloader.
  Reloader(std::vector<ReloadSubject> subjects, absl::Duration interval,
           SystemdNotifier& systemd_notifier);
  ~Reloader();

  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // Requests a reload of all subjects, even if their files have not changed.
  void ReloadSoon();

  // Returns the stats of each subject, in the order of subjects().
  [[nodiscard]] std::vector<ReloadStats> stats() const;
  [[nodiscard]] const std::vector<ReloadSubject>& subjects() const { return subjects_; }

 private:
  void Run();
  // Waits for the next look at the files. Returns true if ReloadSoon was called.
  // Returns nullopt when the reloader is about to be destroyed.
  std::optional<bool> AwaitTurn();
  // Looks at the subject's files. Reloads it if they have changed, if it is time to
  // try again after a failure, or if `requested`.
  void Check(size_t subject, bool requested);
  void NoteUnsettled(size_t subject, FileChange change);
  void Reload(size_t subject);

  std::vector<ReloadSubject> subjects_;
  const absl::Duration interval_;
  SystemdNotifier& systemd_notifier_;
  mutable Mutex mutex_;
  ConditionVariable changed_;
  std::vector<ReloadStats> stats_ ABSL_GUARDED_BY(mutex_);
  bool requested_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  // When to try again after a failure, for each subject. Used by the reloader's thread
  // only.
  std::vector<MonotonicTime> retry_;
  std::thread thread_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_RELOAD_H_
