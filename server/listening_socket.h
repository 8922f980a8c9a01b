// Opens the sockets that a server listens on.
#ifndef PORTREG_SERVER_LISTENING_SOCKET_H_
#define PORTREG_SERVER_LISTENING_SOCKET_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/listen_address.h"

namespace portreg {

struct ListeningSockets {
  // Not blocking; one for each address that the host has. The caller's to
  // close.
  std::vector<int> descriptors;
  // With the port that the system chose.
  ListenAddress address;
};

// Listens there; `user_timeout` is the connections' TCP_USER_TIMEOUT. UNAVAILABLE
// that names the address and why not (taken, not permitted, no such host) if it
// cannot be had. A unix socket that nobody listens on any more is replaced.
absl::StatusOr<ListeningSockets> OpenListeningSockets(const ListenAddress& address,
                                                      absl::Duration user_timeout);

}  // namespace portreg

#endif  // PORTREG_SERVER_LISTENING_SOCKET_H_
