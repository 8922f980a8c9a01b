#include "server/service_manager.h"

#include <systemd/sd-daemon.h>

namespace portreg {

void ServiceManager::Ready() {
  const std::lock_guard lock(mutex_);
  Send("READY=1");
}

void ServiceManager::Reloading() {
  const std::lock_guard lock(mutex_);
  Send("RELOADING=1");
}

void ServiceManager::Stopping() {
  const std::lock_guard lock(mutex_);
  Send("STOPPING=1");
  stopping_ = true;
}

void ServiceManager::Send(const char* state) {
  if (!stopping_) sd_notify(0, state);
}

}  // namespace portreg
