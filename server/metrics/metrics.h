// Collects the server's metrics for Prometheus.
#ifndef PORTREG_SERVER_METRICS_METRICS_H_
#define PORTREG_SERVER_METRICS_METRICS_H_

#include <atomic>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "server/net/server.h"
#include "server/reload/reload.h"
#include "server/service/publication.h"
#include "server/tls/serving_certificates.h"
#include "server/web/web_door.h"

namespace portreg::server {

// The objects that the metrics are read from. All must outlive the metrics.
struct MetricsSources {
  const Publication* publication = nullptr;
  Server* server = nullptr;
  const Reloader* reloader = nullptr;
  // nullptr without a web door.
  WebDoor* web = nullptr;
  // nullptr without TLS.
  const ServingCertificates* certificates = nullptr;
  const std::atomic<bool>* draining = nullptr;
};

// Reads all counts when Prometheus asks, so that calls only pay for counting. Metrics of
// calls have the names of go-grpc-prometheus; other names begin with portreg_ or
// process_. No label value comes from a client.
class Metrics final : public prometheus::Collectable {
 public:
  explicit Metrics(const MetricsSources& sources) : sources_(sources) {}

  // Thread-safe.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const MetricsSources sources_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_METRICS_METRICS_H_
