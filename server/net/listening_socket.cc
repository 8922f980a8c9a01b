#include "server/net/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portreg::server {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address.ToString(), ": ", why));
}

absl::Status CannotListen(const ListenAddress& address) {
  return CannotListen(address, strerror(errno));
}

// Sets the options that accepted connections inherit.
void SetOptions(int fd, const addrinfo& candidate, absl::Duration user_timeout) {
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const auto milliseconds = static_cast<int>(
      std::min<int64_t>(absl::ToInt64Milliseconds(user_timeout), std::numeric_limits<int>::max()));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
  // Lets [::] accept IPv4 connections too.
  if (candidate.ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
}

// Returns the port that the socket is bound to.
Port BoundPort(int fd) {
  sockaddr_storage name = {};
  socklen_t size = sizeof(name);
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  // The port has the same place in the addresses of both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

// Returns a socket that listens at the candidate. Returns -1 and sets errno if it
// cannot listen there.
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

}  // namespace

absl::StatusOr<ListeningSockets> ListeningSockets::Open(const ListenAddress& address,
                                                        absl::Duration user_timeout) {
  ListeningSockets sockets(address);
  absl::Status status = address.path.empty() ? sockets.OpenTcp(user_timeout) : sockets.OpenUnix();
  if (!status.ok()) return status;
  return sockets;
}

ListeningSockets::ListeningSockets(ListeningSockets&& other) noexcept
    : address_(std::move(other.address_)),
      descriptors_(std::exchange(other.descriptors_, {})),
      path_(std::exchange(other.path_, std::nullopt)) {}

ListeningSockets::~ListeningSockets() { Close(); }

void ListeningSockets::Close() {
  // Removes the file before it closes the socket: see SocketPath::GiveBack.
  path_.reset();
  for (const int fd : std::exchange(descriptors_, {})) close(fd);
}

absl::Status ListeningSockets::OpenUnix() {
  const int fd = socket(AF_UNIX, kSocketFlags, 0);
  if (fd < 0) return CannotListen(address_);
  descriptors_.push_back(fd);
  absl::StatusOr<SocketPath> path = SocketPath::Take(address_.path, fd);
  if (!path.ok()) return CannotListen(address_, path.status().message());
  path_.emplace(*std::move(path));
  return absl::OkStatus();
}

absl::Status ListeningSockets::OpenTcp(absl::Duration user_timeout) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = absl::StrCat(address_.port);
  if (const int error = getaddrinfo(address_.host.c_str(), port.c_str(), &hints, &list);
      error != 0) {
    return CannotListen(address_, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, &freeaddrinfo);
  for (addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    // All sockets get the port that the system chose for the first one.
    reinterpret_cast<sockaddr_in*>(candidate->ai_addr)->sin_port = htons(address_.port);
    const int fd = OpenTcpSocket(*candidate, user_timeout);
    if (fd < 0) return CannotListen(address_);
    descriptors_.push_back(fd);
    address_.port = BoundPort(fd);
  }
  return absl::OkStatus();
}

}  // namespace portreg::server
