// What Prometheus is told.
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

namespace portreg::server {

// Whose state is told. All must outlive the metrics.
struct MetricsSources {
  const Publication* publication = nullptr;
  Server* server = nullptr;
  const Reloader* reloader = nullptr;
  // nullptr without TLS.
  const ServingCertificates* certificates = nullptr;
  const std::atomic<bool>* draining = nullptr;
};

// Reads the counts of the parts when it is asked for them: they cost calls next
// to nothing. Calls are named as go-grpc-prometheus names them, the rest begins
// with portreg_ or process_. Label values are ours, never a stranger's.
class Metrics final : public prometheus::Collectable {
 public:
  explicit Metrics(const MetricsSources& sources) : sources_(sources) {}

  // From any thread.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const MetricsSources sources_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_METRICS_METRICS_H_
