// Accepts connections, and goes on whatever happens to them.
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

// gRPC's own listeners never accept again once accept has failed for want of a
// descriptor (CVE-2023-4785), and count no connections. This one turns away
// what would use up the last descriptors or passes a limit, and waits when
// there are none.
//
//   auto listener = Listener::Open({"127.0.0.1:0"}, limits, absl::Seconds(20));
//   listener->Start([](int fd, int listener_fd) { ... });
class Listener {
 public:
  // Takes a connection over: `fd` is its own from then on.
  using ConnectionHandler = std::function<void(int fd, int listener_fd)>;

  // Listens at each address, without accepting yet. `user_timeout` is how long
  // what was sent may stay unacknowledged before the connection counts as dead
  // (TCP_USER_TIMEOUT). INVALID_ARGUMENT for an address that cannot be read or
  // is given twice, UNAVAILABLE for one that cannot be listened on, naming it.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::vector<std::string>& addresses,
                                                        const ConnectionLimits& limits,
                                                        absl::Duration user_timeout);

  // As Stop.
  ~Listener();

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Accepts from now on, on a thread of its own; once.
  void Start(ConnectionHandler handler);

  // Listens no more. What was accepted is not touched. Must not be called by
  // two threads at once.
  void Stop();

  // The addresses listened on, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }
  [[nodiscard]] Connections& connections() { return connections_; }

 private:
  explicit Listener(const ConnectionLimits& limits);

  absl::Status Add(const ListenAddress& address, absl::Duration user_timeout);
  void Run();
  // Accepts all that wait there. Returns whether there were descriptors and room
  // for it.
  bool AcceptAll(int listener_fd);
  void AdmitOrClose(int fd, int listener_fd, const std::string& peer);

  Connections connections_;
  std::vector<std::string> addresses_;
  std::vector<ListeningSockets> sockets_;
  // Readable once the thread is to end.
  int wake_;
  ConnectionHandler handler_;
  std::thread thread_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_LISTENER_H_
