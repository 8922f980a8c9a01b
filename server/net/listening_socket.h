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

// The sockets that listen at one address. A host may have several IP addresses, each
// with a socket.
//
// Not thread-safe.
class ListeningSockets {
 public:
  // Listens at `address`; `user_timeout` is the connections' TCP_USER_TIMEOUT.
  // Returns UNAVAILABLE if it cannot: the message names the address and the reason,
  // such as that the port is taken. See SocketPath for Unix sockets.
  static absl::StatusOr<ListeningSockets> Open(const ListenAddress& address,
                                               absl::Duration user_timeout);

  ListeningSockets(ListeningSockets&& other) noexcept;
  ListeningSockets& operator=(ListeningSockets&& other) = delete;
  // Closes the sockets.
  ~ListeningSockets();

  // Stops listening, and removes the Unix socket's file.
  void Close();

  // Returns the sockets, which do not block.
  [[nodiscard]] const std::vector<int>& descriptors() const { return descriptors_; }
  // Returns the address, with the port that the system chose.
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
