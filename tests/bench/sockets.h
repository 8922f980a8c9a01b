// Wraps plain TCP sockets on loopback, which gRPC is compared with.
#ifndef PORTREG_TESTS_BENCH_SOCKETS_H_
#define PORTREG_TESTS_BENCH_SOCKETS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace portreg::bench {

// A socket that is closed when the object is destroyed. An error of a system call ends
// the program, because a benchmark cannot use an incomplete measurement.
class Socket {
 public:
  // Listens on a port of 127.0.0.1 that the system chooses.
  static Socket Listen();
  // Connects to 127.0.0.1 and sends small messages at once (TCP_NODELAY).
  static Socket Connect(uint16_t port);

  Socket(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  // Return the port of a listening socket, and its next connection.
  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] Socket Accept() const;

  // Writes all of `bytes`, at most `piece` bytes per system call.
  void Send(absl::string_view bytes, size_t piece = SIZE_MAX) const;
  // Reads at most `size` bytes. Returns the number of bytes read; 0 at the end.
  [[nodiscard]] size_t Receive(char* buffer, size_t size) const;

 private:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_SOCKETS_H_
