// Where Prometheus comes to fetch.
#ifndef PORTREG_SERVER_METRICS_ENDPOINT_H_
#define PORTREG_SERVER_METRICS_ENDPOINT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "prometheus/collectable.h"
#include "prometheus/exposer.h"

namespace portreg {

// An HTTP server that has nothing but /metrics, on threads of its own.
class MetricsEndpoint {
 public:
  // Listens at host:port with a numeric IPv4 address; port 0 lets the system
  // choose. UNAVAILABLE if it cannot listen there, INVALID_ARGUMENT for
  // an address that cannot be read.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Open(absl::string_view address);

  // Answers with `metrics` too from now on; before, with what there is to say of
  // the endpoint itself. Call it once.
  void Serve(std::shared_ptr<prometheus::Collectable> metrics);

  // Ends at once, but for an answer that is being given.
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  // With the port that the system chose.
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  MetricsEndpoint() = default;

  // The exposer does not keep it alive.
  std::shared_ptr<prometheus::Collectable> metrics_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::string address_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_METRICS_ENDPOINT_H_
