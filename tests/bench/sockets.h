// Plain TCP on loopback, to compare gRPC with.
#ifndef PORTREG_TESTS_BENCH_SOCKETS_H_
#define PORTREG_TESTS_BENCH_SOCKETS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace portreg::bench {

// A socket that is closed when the object goes away. Errors of its system calls
// end the program: a benchmark has no use for half a measurement.
class Socket {
 public:
  // Listens on a port of 127.0.0.1 that the system chooses.
  static Socket Listen();
  // Connects to 127.0.0.1; small messages are not held back (TCP_NODELAY).
  static Socket Connect(uint16_t port);

  Socket(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  // Of one that listens: the port, and the next connection.
  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] Socket Accept() const;

  // Writes all of `bytes`, at most `piece` of them a call.
  void Send(absl::string_view bytes, size_t piece = SIZE_MAX) const;
  // Reads at most `size` bytes; how many there were, 0 at the end.
  [[nodiscard]] size_t Receive(char* buffer, size_t size) const;

 private:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_SOCKETS_H_
