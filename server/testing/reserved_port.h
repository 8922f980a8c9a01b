// A port that a fake server keeps while it is stopped.
#ifndef PORTREG_SERVER_TESTING_RESERVED_PORT_H_
#define PORTREG_SERVER_TESTING_RESERVED_PORT_H_

#include <memory>

#include "absl/status/statusor.h"

namespace portreg::testing::internal {

// Holds a port of 127.0.0.1 from other programs, which the system gives any
// free port to. This process may listen on it; as long as it does not,
// connections are refused.
class ReservedPort {
 public:
  // UNAVAILABLE if no port is free.
  static absl::StatusOr<std::unique_ptr<ReservedPort>> Create();

  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  ~ReservedPort();

  [[nodiscard]] int number() const { return number_; }

 private:
  explicit ReservedPort(int socket) : socket_(socket) {}

  const int socket_;
  int number_ = 0;
};

}  // namespace portreg::testing::internal

#endif  // PORTREG_SERVER_TESTING_RESERVED_PORT_H_
