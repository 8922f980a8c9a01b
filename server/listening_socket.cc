#include "server/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portreg {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address.ToString(), ": ", why));
}

absl::Status CannotListen(const ListenAddress& address) {
  return CannotListen(address, strerror(errno));
}

// Makes way for a socket at the path: removes one that nobody listens on.
absl::Status ClearPath(const ListenAddress& address, const sockaddr_un& name) {
  struct stat file;
  if (lstat(address.path.c_str(), &file) != 0) return absl::OkStatus();
  if (!S_ISSOCK(file.st_mode)) return CannotListen(address, "the file is no socket");
  const int fd = socket(AF_UNIX, kSocketFlags, 0);
  if (fd < 0) return CannotListen(address);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  // Nobody listens where the connection is refused. Any other outcome may be of
  // a server, though not one that we may talk to.
  const bool taken = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 ||
                     errno != ECONNREFUSED;
  if (taken) return CannotListen(address, strerror(EADDRINUSE));
  if (unlink(address.path.c_str()) != 0 && errno != ENOENT) return CannotListen(address);
  return absl::OkStatus();
}

absl::StatusOr<ListeningSockets> OpenUnix(const ListenAddress& address) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof(name.sun_path)) {
    return CannotListen(
        address, absl::StrCat("the path is longer than ", sizeof(name.sun_path) - 1, " bytes"));
  }
  std::memcpy(name.sun_path, address.path.data(), address.path.size());
  if (absl::Status status = ClearPath(address, name); !status.ok()) return status;
  const int fd = socket(AF_UNIX, kSocketFlags, 0);
  if (fd < 0) return CannotListen(address);
  // As a port of the loopback, it is open to all users; its directory may not be.
  if (bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 ||
      chmod(address.path.c_str(), 0666) != 0 || listen(fd, SOMAXCONN) != 0) {
    const absl::Status status = CannotListen(address);
    close(fd);
    return status;
  }
  return ListeningSockets{{fd}, address};
}

// Options that accepted connections inherit.
void SetOptions(int fd, const addrinfo& candidate, absl::Duration user_timeout) {
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const auto milliseconds = static_cast<int>(
      std::min<int64_t>(absl::ToInt64Milliseconds(user_timeout), std::numeric_limits<int>::max()));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
  // [::] is for both families.
  if (candidate.ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
}

// The port that the socket is bound to.
Port BoundPort(int fd) {
  sockaddr_storage name = {};
  socklen_t size = sizeof(name);
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

// A socket that listens at the candidate; -1 with errno otherwise.
int OpenTcpSocket(const addrinfo& candidate, absl::Duration user_timeout) {
  const int fd = socket(candidate.ai_family, kSocketFlags, 0);
  if (fd < 0) return -1;
  SetOptions(fd, candidate, user_timeout);
  if (bind(fd, candidate.ai_addr, candidate.ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

absl::StatusOr<ListeningSockets> OpenTcp(const ListenAddress& address,
                                         absl::Duration user_timeout) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = absl::StrCat(address.port);
  if (const int error = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &list);
      error != 0) {
    return CannotListen(address, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, &freeaddrinfo);
  ListeningSockets opened{{}, address};
  absl::Cleanup close_all = [&opened] {
    for (const int fd : opened.descriptors) close(fd);
  };
  for (addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    // The port of the first is that of all.
    reinterpret_cast<sockaddr_in*>(candidate->ai_addr)->sin_port = htons(opened.address.port);
    const int fd = OpenTcpSocket(*candidate, user_timeout);
    if (fd < 0) return CannotListen(address);
    opened.descriptors.push_back(fd);
    opened.address.port = BoundPort(fd);
  }
  std::move(close_all).Cancel();
  return opened;
}

}  // namespace

absl::StatusOr<ListeningSockets> OpenListeningSockets(const ListenAddress& address,
                                                      absl::Duration user_timeout) {
  return address.path.empty() ? OpenTcp(address, user_timeout) : OpenUnix(address);
}

}  // namespace portreg
