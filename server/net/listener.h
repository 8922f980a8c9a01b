// Accepts connections, and continues when accepting one fails.
#ifndef PORTREG_SERVER_NET_LISTENER_H_
#define PORTREG_SERVER_NET_LISTENER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/net/connections.h"
#include "server/net/listen_address.h"
#include "server/net/listening_socket.h"

namespace portreg::server {

// Accepts connections in place of gRPC's own listeners, which do not count
// connections, and which stop accepting for ever once the process has run out of
// descriptors (CVE-2023-4785). Refuses a connection that exceeds a limit or takes
// one of the last descriptors, and waits while there are no descriptors.
//
//   auto listener = Listener::Open({"127.0.0.1:0"}, limits, absl::Seconds(20));
//   listener->Start([](int fd, int listener_fd) { ... });
class Listener {
 public:
  // Takes over a connection: it owns `fd`.
  using ConnectionHandler = std::function<void(int fd, int listener_fd)>;

  // Listens at each address; connections wait until Start. `user_timeout` is how
  // long sent data may stay unacknowledged before the connection counts as dead
  // (TCP_USER_TIMEOUT). An error names the address: INVALID_ARGUMENT if it cannot
  // be parsed or is given twice, UNAVAILABLE if the process cannot listen there.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::vector<std::string>& addresses,
                                                        const ConnectionLimits& limits,
                                                        absl::Duration user_timeout);

  // Stops listening.
  ~Listener();

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Begins to accept, on a separate thread. Call it once.
  void Start(ConnectionHandler handler);

  // Stops listening. Accepted connections stay open. Two threads must not call it
  // at once.
  void Stop();

  // Returns the addresses, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }
  [[nodiscard]] Connections& connections() { return connections_; }

 private:
  explicit Listener(const ConnectionLimits& limits);

  absl::Status Add(const ListenAddress& address, absl::Duration user_timeout);
  void Run();
  // Accepts the connections that wait at one listener. Returns false if there are
  // no descriptors or no room for another one.
  bool AcceptAll(int listener_fd);
  void AdmitOrClose(int fd, int listener_fd, const std::string& peer);

  Connections connections_;
  std::vector<std::string> addresses_;
  std::vector<ListeningSockets> sockets_;
  // An eventfd that becomes readable when the thread must end.
  int wake_;
  ConnectionHandler handler_;
  std::thread thread_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_LISTENER_H_
