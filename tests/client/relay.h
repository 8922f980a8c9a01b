// A connection that can fall silent.
#ifndef PORTREG_TESTS_CLIENT_RELAY_H_
#define PORTREG_TESTS_CLIENT_RELAY_H_

#include <cstddef>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace portreg {

// What a ping of HTTP/2 takes (RFC 9113 section 6.7).
inline constexpr size_t kPingBytes = 17;

// Passes on the bytes of one connection, in both directions; further ones are
// left waiting.
class Relay {
 public:
  // `server` is host:port of an IPv4 address.
  explicit Relay(absl::string_view server);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  [[nodiscard]] std::string target() const;

  // Waits until the client has sent so many bytes from now on; fails the test if
  // it has not within 20 s.
  void AwaitBytes(size_t count);

  // Passes on nothing from now on; the connections stay open.
  void Freeze();

 private:
  void Run();
  // Passes on what there is to read. False at the end.
  bool Pass(int from, int to);

  int listener_;
  // The two ends of the connection; -1 before there is one.
  int client_ = -1;
  int upstream_ = -1;
  // What is written to it ends Run.
  int stop_[2];
  int server_port_ = 0;
  absl::Mutex mutex_;
  size_t from_client_ = 0;
  std::thread thread_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_RELAY_H_
