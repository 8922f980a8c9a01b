#include "server/metrics/metrics_endpoint.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "prometheus/text_serializer.h"
#include "server/net/listen_address.h"

namespace portreg::server {
namespace {

constexpr absl::string_view kMetricsPath = "/metrics";
constexpr ConnectionLimits kMetricsConnections = {
    .total = 64, .per_peer = 0, .when_full = WhenFull::kEvictOldest};
constexpr absl::Duration kMetricsIdle = absl::Seconds(10);

HttpResponse AnswerScrape(const HttpRequest& request, const prometheus::Collectable& metrics) {
  if (request.Path() != kMetricsPath) {
    return {.status = 404, .body = absl::StrCat("there is only ", kMetricsPath, "\n")};
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return {
        .status = 405, .fields = {{"Allow", "GET, HEAD"}}, .body = "allowed are GET and HEAD\n"};
  }
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = prometheus::TextSerializer().Serialize(metrics.Collect())};
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Open(absl::string_view text) {
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return address.status();
  if (!address->path.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("address ", address->ToString(),
                                                   " cannot serve metrics, HTTP needs host:port"));
  }
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Open({.listen = {address->ToString()},
                        .connections = kMetricsConnections,
                        .times = {.idle = kMetricsIdle}});
  if (!server.ok()) return server.status();
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(*std::move(server)));
}

void MetricsEndpoint::Serve(std::shared_ptr<prometheus::Collectable> metrics) {
  server_->Start([metrics = std::move(metrics)](HttpExchange& exchange) {
    exchange.Answer(AnswerScrape(exchange.request, *metrics));
  });
}

}  // namespace portreg::server
