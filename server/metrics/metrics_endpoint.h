// Where Prometheus comes to fetch.
#ifndef PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_
#define PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "prometheus/collectable.h"
#include "server/metrics/http_server.h"

namespace portreg::server {

// An HTTP server that has nothing but /metrics, on threads of its own.
class MetricsEndpoint {
 public:
  // Listens at host:port or [ipv6]:port; port 0 lets the system choose.
  // UNAVAILABLE if it cannot listen there, INVALID_ARGUMENT for an address that
  // cannot be read.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Open(absl::string_view address);

  // Answers with `metrics` from now on; until then connections wait. Call it
  // once.
  void Serve(std::shared_ptr<prometheus::Collectable> metrics);

  // With the port that the system chose.
  [[nodiscard]] const std::string& address() const { return server_->address(); }

 private:
  explicit MetricsEndpoint(std::unique_ptr<HttpServer> server) : server_(std::move(server)) {}

  std::unique_ptr<HttpServer> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_METRICS_METRICS_ENDPOINT_H_
