// Relays a TCP connection and can stop relaying without closing it.
#ifndef PORTREG_TESTS_CLIENT_RELAY_H_
#define PORTREG_TESTS_CLIENT_RELAY_H_

#include <cstddef>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace portreg {

// The size of an HTTP/2 PING frame (RFC 9113 section 6.7).
inline constexpr size_t kPingBytes = 17;

// Forwards the bytes of one connection in both directions. Does not accept further
// connections.
class Relay {
 public:
  // Forwards to the port of `server` (host:port) at 127.0.0.1, whatever its host.
  explicit Relay(absl::string_view server);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  [[nodiscard]] std::string target() const;

  // Waits until the client has sent `count` more bytes. Fails the test if it has not done
  // so within 60 s.
  void AwaitBytes(size_t count);

  // Stops forwarding. The connections stay open until the relay is destroyed.
  void Freeze();

 private:
  void Run();
  // Forwards the bytes that can be read. Returns false at the end.
  bool Pass(int from, int to);

  int listener_;
  // The sockets to the client and to the server; -1 before the client has connected.
  int client_ = -1;
  int upstream_ = -1;
  // A pipe; a byte written to it ends Run.
  int stop_[2];
  int server_port_ = 0;
  absl::Mutex mutex_;
  size_t from_client_ = 0;
  std::thread thread_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_RELAY_H_
