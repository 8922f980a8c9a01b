// Opens the sockets that a server listens on.
#ifndef PORTREG_SERVER_NET_LISTENING_SOCKET_H_
#define PORTREG_SERVER_NET_LISTENING_SOCKET_H_

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/net/listen_address.h"
#include "server/net/socket_path.h"

namespace portreg::server {

// Sockets that listen at one address, until the object is destroyed.
// Not thread-safe.
class ListeningSockets {
 public:
  // Listens at `address`; `user_timeout` is the connections' TCP_USER_TIMEOUT.
  // UNAVAILABLE that names the address and why not (taken, not permitted, no
  // such host) if it cannot be had. See SocketPath for unix sockets.
  static absl::StatusOr<ListeningSockets> Open(const ListenAddress& address,
                                               absl::Duration user_timeout);

  ListeningSockets(ListeningSockets&& other) noexcept;
  ListeningSockets& operator=(ListeningSockets&& other) = delete;
  // As Close.
  ~ListeningSockets();

  // Listens no more, and removes the own unix socket.
  void Close();

  // Not blocking; one for each address that the host has.
  [[nodiscard]] const std::vector<int>& descriptors() const { return descriptors_; }
  // With the port that the system chose.
  [[nodiscard]] const ListenAddress& address() const { return address_; }

 private:
  explicit ListeningSockets(ListenAddress address) : address_(std::move(address)) {}

  absl::Status OpenTcp(absl::Duration user_timeout);
  absl::Status OpenUnix();

  ListenAddress address_;
  std::vector<int> descriptors_;
  std::optional<SocketPath> path_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_LISTENING_SOCKET_H_
