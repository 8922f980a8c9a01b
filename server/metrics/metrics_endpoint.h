// Serves /metrics to Prometheus.
#ifndef PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_
#define PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "prometheus/collectable.h"
#include "server/http/http_server.h"

namespace portreg::server {

// An HTTP server, on separate threads, whose only path is /metrics.
class MetricsEndpoint {
 public:
  // Listens at host:port or [ipv6]:port; port 0 lets the system choose. Connections
  // wait until Serve. Returns UNAVAILABLE if it cannot listen there, and
  // INVALID_ARGUMENT for an address that cannot be parsed.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Open(absl::string_view address);

  // Begins to answer with `metrics`. Call it once.
  void Serve(std::shared_ptr<prometheus::Collectable> metrics);

  // Returns the address, with the port that the system chose.
  [[nodiscard]] const std::string& address() const { return server_->addresses().front(); }

 private:
  explicit MetricsEndpoint(std::unique_ptr<HttpServer> server) : server_(std::move(server)) {}

  std::unique_ptr<HttpServer> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_
