#include "server/metrics_endpoint.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <future>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/listen_address.h"
#include "server/listening_socket.h"

namespace portreg {
namespace {

// Connects to a numeric address, and closes the connection again.
void Poke(const std::string& text) {
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return;
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = absl::StrCat(address->port);
  if (getaddrinfo(address->host.c_str(), port.c_str(), &hints, &found) != 0) return;
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  (void)connect(fd, found->ai_addr, found->ai_addrlen);
  close(fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Open(absl::string_view text) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return address.status();
  if (!address->path.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("address ", address->ToString(),
                                                   " is no place for metrics, which HTTP "
                                                   "serves at host:port"));
  }
  if (absl::StrContains(address->host, ':')) {
    return absl::InvalidArgumentError(
        absl::StrCat("address ", address->ToString(),
                     " is IPv6, which Debian's HTTP server for metrics does not have"));
  }
  if (address->host == "localhost") address->host = "127.0.0.1";
  std::unique_ptr<MetricsEndpoint> endpoint(new MetricsEndpoint);
  try {
    endpoint->exposer_ = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", address->ToString(), "num_threads", "8", "request_timeout_ms", "1000"});
  } catch (const std::exception& error) {
    // CivetWeb does not say why not.
    const absl::StatusOr<ListeningSockets> opened =
        OpenListeningSockets(*address, absl::ZeroDuration());
    if (!opened.ok()) return opened.status();
    for (const int fd : opened->descriptors) close(fd);
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address->ToString(), " for metrics: ", error.what()));
  }
  address->port = static_cast<Port>(endpoint->exposer_->GetListeningPorts().front());
  endpoint->address_ = address->ToString();
  return endpoint;
}

void MetricsEndpoint::Serve(std::shared_ptr<prometheus::Collectable> metrics) {
  metrics_ = std::move(metrics);
  exposer_->RegisterCollectable(metrics_);
}

// CivetWeb looks every two seconds whether it is to stop, and whenever somebody
// connects.
MetricsEndpoint::~MetricsEndpoint() {
  const std::future<void> stopped = std::async(std::launch::async, [this] { exposer_.reset(); });
  while (stopped.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
    Poke(address_);
  }
}

}  // namespace portreg
