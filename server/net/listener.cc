#include "server/net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace portreg::server {
namespace {

// Descriptors that are not used for connections but kept free for other files, such
// as those to reload.
constexpr rlim_t kSpareDescriptors = 16;
// How long to wait when there are no descriptors, or no room for a connection.
constexpr int kPauseMilliseconds = 50;
// Connections accepted at one listener before the others get their turn.
constexpr int kAtOnce = 64;

// Returns true if the descriptor is one of the last that the process may have. Its
// number shows that, because the system always assigns the lowest free number.
bool IsOneOfTheLast(int fd) {
  rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         static_cast<rlim_t>(fd) + kSpareDescriptors >= limit.rlim_cur;
}

// Returns a name for the peer: its IPv4 address, or the first 64 bits of its IPv6
// address, because a host with one IPv6 address usually has all with these bits.
// Returns an empty name for a Unix socket.
std::string PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof(text));
  } else if (address.ss_family == AF_INET6) {
    in6_addr ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
      inet_ntop(AF_INET, &ip.s6_addr[12], text, sizeof(text));
    } else {
      std::memset(&ip.s6_addr[8], 0, 8);
      inet_ntop(AF_INET6, &ip, text, sizeof(text));
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const std::vector<std::string>& addresses,
                                                         const ConnectionLimits& limits,
                                                         absl::Duration user_timeout) {
  std::vector<ListenAddress> parsed;
  for (const std::string& text : addresses) {
    absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
    if (!address.ok()) return address.status();
    for (const ListenAddress& earlier : parsed) {
      const bool chosen_by_system = address->path.empty() && address->port == 0;
      if (chosen_by_system || earlier.ToString() != address->ToString()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("address ", address->ToString(), " is given twice"));
    }
    parsed.push_back(*std::move(address));
  }
  if (parsed.empty()) return absl::InvalidArgumentError("no address to listen on is given");
  std::unique_ptr<Listener> listener(new Listener(limits));
  if (listener->wake_ < 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen: ", std::strerror(errno)));
  }
  for (const ListenAddress& address : parsed) {
    if (absl::Status status = listener->Add(address, user_timeout); !status.ok()) return status;
  }
  return listener;
}

Listener::Listener(const ConnectionLimits& limits)
    : connections_(limits), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Listener::~Listener() {
  Stop();
  if (wake_ >= 0) close(wake_);
}

absl::Status Listener::Add(const ListenAddress& address, absl::Duration user_timeout) {
  absl::StatusOr<ListeningSockets> opened = ListeningSockets::Open(address, user_timeout);
  if (!opened.ok()) return opened.status();
  addresses_.push_back(opened->address().ToString());
  sockets_.push_back(*std::move(opened));
  return absl::OkStatus();
}

void Listener::Start(ConnectionHandler handler) {
  handler_ = std::move(handler);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Stop() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    while (write(wake_, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
    thread_.join();
  }
  sockets_.clear();
}

void Listener::Run() {
  std::vector<pollfd> all = {{wake_, POLLIN, 0}};
  for (const ListeningSockets& sockets : sockets_) {
    for (const int fd : sockets.descriptors()) all.push_back({fd, POLLIN, 0});
  }
  bool may_accept = true;
  while (true) {
    // While there are no descriptors or no room, the listeners are not polled, because
    // they would be ready all the time.
    poll(all.data(), may_accept ? all.size() : 1, may_accept ? -1 : kPauseMilliseconds);
    if (all[0].revents != 0) return;
    const bool had_paused = !may_accept;
    may_accept = true;
    for (size_t i = 1; i < all.size() && may_accept; ++i) {
      if (had_paused || all[i].revents != 0) may_accept = AcceptAll(all[i].fd);
    }
  }
}

bool Listener::AcceptAll(int listener_fd) {
  for (int i = 0; i < kAtOnce; ++i) {
    if (!connections_.MayAccept()) return false;
    sockaddr_storage address = {};
    socklen_t size = sizeof(address);
    const int fd = accept4(listener_fd, reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      AdmitOrClose(fd, listener_fd, PeerOf(address));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
    // Any other error concerns only this connection: see accept(2).
  }
  return true;
}

void Listener::AdmitOrClose(int fd, int listener_fd, const std::string& peer) {
  if (IsOneOfTheLast(fd)) {
    connections_.RefusedForDescriptors();
    close(fd);
  } else if (connections_.Admit(fd, peer) != Refusal::kNone) {
    close(fd);
  } else {
    handler_(fd, listener_fd);
  }
}

}  // namespace portreg::server
