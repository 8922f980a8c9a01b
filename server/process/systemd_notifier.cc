#include "server/process/systemd_notifier.h"

#include <systemd/sd-daemon.h>

namespace portreg::server {

void SystemdNotifier::Ready() {
  const MutexLock lock(mutex_);
  Send("READY=1");
}

void SystemdNotifier::Reloading() {
  const MutexLock lock(mutex_);
  Send("RELOADING=1");
}

void SystemdNotifier::Stopping() {
  const MutexLock lock(mutex_);
  Send("STOPPING=1");
  stopping_ = true;
}

void SystemdNotifier::Send(const char* state) {
  if (!stopping_) sd_notify(0, state);
}

}  // namespace portreg::server
