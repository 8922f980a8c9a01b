// Tells the service manager of the server's state.
#ifndef PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_
#define PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"

namespace portreg::server {

// Sends the states of sd_notify(3) (Type=notify). Sends nothing where no service
// manager listens, and nothing more once the server stops: a reload that ends
// later does not announce it ready again.
//
// Thread-safe.
class SystemdNotifier {
 public:
  SystemdNotifier() = default;
  SystemdNotifier(const SystemdNotifier&) = delete;
  SystemdNotifier& operator=(const SystemdNotifier&) = delete;

  // The server serves: after its start, and after each Reloading().
  void Ready();
  // The server reads its files anew because it was told to.
  void Reloading();
  // The server is about to stop.
  void Stopping();

 private:
  void Send(const char* state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Held while a state is sent, so that none overtakes another.
  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_SYSTEMD_NOTIFIER_H_
