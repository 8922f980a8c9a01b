// Reserves the port of a fake server while it is stopped.
#ifndef PORTREG_SERVER_TESTING_RESERVED_PORT_H_
#define PORTREG_SERVER_TESTING_RESERVED_PORT_H_

#include <memory>

#include "absl/status/statusor.h"

namespace portreg::testing::internal {

// Keeps a port of 127.0.0.1 from other programs, to which the system could otherwise
// assign it. This process may listen on it. Connections are refused as long as it does
// not.
class ReservedPort {
 public:
  // Reserves a free port. Returns UNAVAILABLE if there is none.
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
