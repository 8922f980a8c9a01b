// What systemd is told of the server's state (sd_notify(3), Type=notify).
// Nothing happens where nobody listens.
#ifndef PORTREG_SERVER_SERVICE_MANAGER_H_
#define PORTREG_SERVER_SERVICE_MANAGER_H_

namespace portreg {

void NotifyReady();
void NotifyReloading();
void NotifyStopping();

}  // namespace portreg

#endif  // PORTREG_SERVER_SERVICE_MANAGER_H_
