// Reports the server's state to systemd.
#ifndef PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_
#define PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"

namespace portreg::server {

// Sends the states of sd_notify(3) (Type=notify). Sends nothing if no service manager
// listens. Sends nothing after Stopping(), so that a reload that ends later does not
// report the server as ready.
//
// Thread-safe.
class SystemdNotifier {
 public:
  SystemdNotifier() = default;
  SystemdNotifier(const SystemdNotifier&) = delete;
  SystemdNotifier& operator=(const SystemdNotifier&) = delete;

  // Reports that the server serves. Call it after the start, and after Reloading().
  void Ready();
  // Reports that the server reloads its files because it was told to.
  void Reloading();
  // Reports that the server is about to stop.
  void Stopping();

 private:
  void Send(const char* state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Held while a state is sent, so that states arrive in order.
  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_
