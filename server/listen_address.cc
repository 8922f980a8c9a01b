#include "server/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace portreg {
namespace {

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address.ToString(), ": ", why));
}

absl::Status CheckUnixPath(const ListenAddress& address) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof(name.sun_path)) {
    return CannotListen(
        address, absl::StrCat("the path is longer than ", sizeof(name.sun_path) - 1, " bytes"));
  }
  std::memcpy(name.sun_path, address.path.data(), address.path.size());
  struct stat file;
  const bool exists = lstat(address.path.c_str(), &file) == 0;
  if (exists && !S_ISSOCK(file.st_mode)) return CannotListen(address, "the file is no socket");
  const std::filesystem::path folder = std::filesystem::path(address.path).parent_path();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
    return CannotListen(address, strerror(errno));
  }
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return CannotListen(address, strerror(errno));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  // A socket that nobody listens on refuses; it is left over, and gRPC
  // replaces it.
  const bool taken = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 ||
                     errno == EAGAIN || errno == EPROTOTYPE;
  if (taken) return CannotListen(address, strerror(EADDRINUSE));
  return absl::OkStatus();
}

absl::Status TryToBind(const ListenAddress& address, const addrinfo& candidate) {
  const int fd = socket(candidate.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return CannotListen(address, strerror(errno));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, candidate.ai_addr, candidate.ai_addrlen) != 0 || listen(fd, 1) != 0) {
    return CannotListen(address, strerror(errno));
  }
  return absl::OkStatus();
}

absl::Status CheckTcp(const ListenAddress& address) {
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
  for (const addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    if (absl::Status status = TryToBind(address, *candidate); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

std::string ListenAddress::ToString() const {
  if (!path.empty()) return absl::StrCat("unix:", path);
  const bool ipv6 = host.find(':') != std::string::npos;
  return ipv6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const auto refuse = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "address \"", text, "\" ", why, ", expected host:port, [ipv6]:port or unix:path"));
  };
  ListenAddress address;
  if (absl::string_view path = text; absl::ConsumePrefix(&path, "unix:")) {
    // gRPC writes absolute paths as unix:///path too.
    if (absl::StartsWith(path, "///")) path.remove_prefix(2);
    if (path.empty()) return refuse("has no path");
    if (absl::StartsWith(path, "//")) return refuse("has a host where only a path may be");
    address.path = std::string(path);
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return refuse("has no port");
  const absl::StatusOr<Port> port = ParsePort(text.substr(colon + 1));
  if (!port.ok()) return refuse(absl::StrCat("is unusable: ", port.status().message()));
  absl::string_view host = text.substr(0, colon);
  const bool bracketed = absl::ConsumePrefix(&host, "[");
  if (bracketed != absl::ConsumeSuffix(&host, "]") ||
      host.find_first_of("[]") != absl::string_view::npos) {
    return refuse("has unbalanced brackets");
  }
  if (!bracketed && absl::StrContains(host, ':'))
    return refuse("has an IPv6 host without brackets");
  if (host.empty() || host == "*") return refuse("has no host, [::] and 0.0.0.0 stand for all");
  address.host = std::string(host);
  address.port = *port;
  return address;
}

absl::Status CheckAddressIsFree(const ListenAddress& address) {
  return address.path.empty() ? CheckTcp(address) : CheckUnixPath(address);
}

}  // namespace portreg
