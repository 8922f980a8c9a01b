#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace portreg::bench {
namespace {

// Returns the result of a system call. Ends the program if it is an error.
template <typename Result>
Result Must(Result result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Open() { return Must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"); }

void SendAtOnce(int descriptor) {
  const int yes = 1;
  Must(setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), "TCP_NODELAY");
}

}  // namespace

Socket Socket::Listen() {
  Socket listening(Open());
  const sockaddr_in address = Loopback(0);
  Must(bind(listening.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
       "bind");
  Must(listen(listening.descriptor_, SOMAXCONN), "listen");
  return listening;
}

Socket Socket::Connect(uint16_t port) {
  Socket connected(Open());
  const sockaddr_in address = Loopback(port);
  Must(connect(connected.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
       "connect");
  SendAtOnce(connected.descriptor_);
  return connected;
}

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

uint16_t Socket::port() const {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  Must(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

Socket Socket::Accept() const {
  Socket accepted(Must(accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC), "accept"));
  SendAtOnce(accepted.descriptor_);
  return accepted;
}

void Socket::Send(absl::string_view bytes, size_t piece) const {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(descriptor_, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    bytes.remove_prefix(static_cast<size_t>(Must(sent, "send")));
  }
}

size_t Socket::Receive(char* buffer, size_t size) const {
  return static_cast<size_t>(Must(recv(descriptor_, buffer, size, 0), "recv"));
}

}  // namespace portreg::bench
