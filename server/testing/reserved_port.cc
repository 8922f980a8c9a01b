#include "server/testing/reserved_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace portreg::testing::internal {
namespace {

absl::Status NoPort() {
  const absl::Status status = absl::ErrnoToStatus(errno, "no port of 127.0.0.1 can be bound");
  return absl::UnavailableError(status.message());
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReservedPort>> ReservedPort::Create() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return NoPort();
  std::unique_ptr<ReservedPort> port(new ReservedPort(fd));
  // Lets gRPC, which sets this option too, bind the same port: that is allowed as long as
  // no socket listens on it.
  const int yes = 1;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      bind(fd, any, size) != 0 || getsockname(fd, any, &size) != 0) {
    return NoPort();
  }
  port->number_ = ntohs(address.sin_port);
  return port;
}

ReservedPort::~ReservedPort() { close(socket_); }

}  // namespace portreg::testing::internal
