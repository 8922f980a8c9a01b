#include "server/metrics_endpoint.h"

#include <exception>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/listen_address.h"

namespace portreg {

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    absl::string_view text, std::shared_ptr<prometheus::Collectable> metrics) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return address.status();
  if (!address->path.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("address ", address->ToString(),
                                                   " is no place for metrics, which HTTP "
                                                   "serves at host:port"));
  }
  if (address->host == "localhost") address->host = "127.0.0.1";
  std::unique_ptr<MetricsEndpoint> endpoint(new MetricsEndpoint);
  try {
    endpoint->exposer_ = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", address->ToString(), "num_threads", "2", "request_timeout_ms", "5000"});
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address->ToString(), " for metrics: ", error.what()));
  }
  address->port = static_cast<Port>(endpoint->exposer_->GetListeningPorts().front());
  endpoint->address_ = address->ToString();
  endpoint->metrics_ = std::move(metrics);
  endpoint->exposer_->RegisterCollectable(endpoint->metrics_);
  return endpoint;
}

}  // namespace portreg
