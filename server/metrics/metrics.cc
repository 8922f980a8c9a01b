#include "server/metrics/metrics.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "common/text/version.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_type.h"
#include "server/process/log.h"
#include "server/process/process_stats.h"
#include "server/service/call_stats.h"
#include "server/service/method.h"

namespace portreg::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Names of the status codes in Go, by number.
constexpr std::array<absl::string_view, kStatusCodes> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

double SecondsSince1970(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

// Builds a metric family.
class Family {
 public:
  Family(MetricType type, absl::string_view name, absl::string_view help) {
    family_.type = type;
    family_.name = std::string(name);
    family_.help = std::string(help);
  }

  void Set(double value, Labels labels = {}) {
    ClientMetric& metric = Add(std::move(labels));
    if (family_.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
  }

  // Divides the histogram's values by `per_unit`. A multiplication would be inexact:
  // 1e-9 times a million is not 0.001.
  template <size_t kBounds>
  void Set(const Histogram<kBounds>& histogram, double per_unit, Labels labels = {}) {
    ClientMetric::Histogram& told = Add(std::move(labels)).histogram;
    uint64_t count = 0;
    for (size_t i = 0; i < kBounds; ++i) {
      count += histogram.count(i);
      told.bucket.push_back({count, static_cast<double>(histogram.bounds()[i]) / per_unit});
    }
    told.sample_count = count + histogram.count(kBounds);
    told.sample_sum = static_cast<double>(histogram.sum()) / per_unit;
  }

  MetricFamily Take() && { return std::move(family_); }

 private:
  ClientMetric& Add(Labels labels) {
    family_.metric.emplace_back();
    family_.metric.back().label = std::move(labels);
    return family_.metric.back();
  }

  MetricFamily family_;
};

Family Counter(absl::string_view name, absl::string_view help) {
  return {MetricType::Counter, name, help};
}

Family Gauge(absl::string_view name, absl::string_view help) {
  return {MetricType::Gauge, name, help};
}

using Families = std::vector<MetricFamily>;

void Add(Families& families, Family family) { families.push_back(std::move(family).Take()); }

// Adds a family with a single value.
void Add(Families& families, Family family, double value) {
  family.Set(value);
  Add(families, std::move(family));
}

Labels LabelsOf(const MethodInfo& method) {
  return {{"grpc_type", method.streams ? "server_stream" : "unary"},
          {"grpc_service", std::string(method.service)},
          {"grpc_method", std::string(method.name)}};
}

void AddCalls(const CallStats& stats, Families& families) {
  Family started = Counter("grpc_server_started_total", "Calls begun.");
  Family handled = Counter("grpc_server_handled_total", "Calls ended, by status code.");
  Family received = Counter("grpc_server_msg_received_total", "Messages received of clients.");
  Family sent = Counter("grpc_server_msg_sent_total", "Messages sent to clients.");
  Family seconds(MetricType::Histogram, "grpc_server_handling_seconds",
                 "Time from the start of a call to its status.");
  for (const MethodInfo& method : kMethods) {
    const MethodStats& counts = stats.of(method.method);
    const Labels labels = LabelsOf(method);
    const uint64_t begun = counts.started;
    const uint64_t ok = counts.handled[0];
    started.Set(static_cast<double>(begun), labels);
    received.Set(static_cast<double>(begun), labels);
    sent.Set(static_cast<double>(method.streams ? counts.stream_messages.load() : ok), labels);
    seconds.Set(counts.handling, 1e9, labels);
    for (size_t code = 0; code < kStatusCodes; ++code) {
      const uint64_t count = counts.handled[code];
      if (count == 0 && code != 0) continue;
      Labels with_code = labels;
      with_code.push_back({"grpc_code", std::string(kCodeNames[code])});
      handled.Set(static_cast<double>(count), std::move(with_code));
    }
  }
  for (Family* family : {&started, &handled, &received, &sent, &seconds}) {
    Add(families, std::move(*family));
  }
  Family batches(MetricType::Histogram, "portreg_batch_size", "Lookups in a BatchLookup.");
  batches.Set(stats.batch_sizes, 1);
  Add(families, std::move(batches));
}

void AddWebCalls(const CallStats& stats, Families& families) {
  Family handled = Counter("portreg_web_calls_total", "Calls by the web door that ended, by code.");
  Family seconds(MetricType::Histogram, "portreg_web_call_seconds",
                 "Time from the start of a call by the web door to its status.");
  for (const MethodInfo& method : kMethods) {
    const MethodStats& counts = stats.of(method.method);
    const Labels labels = {{"method", std::string(method.name)}};
    if (counts.started == 0) continue;
    seconds.Set(counts.handling, 1e9, labels);
    for (size_t code = 0; code < kStatusCodes; ++code) {
      if (counts.handled[code] == 0 && code != 0) continue;
      Labels with_code = labels;
      with_code.push_back({"code", std::string(kCodeNames[code])});
      handled.Set(static_cast<double>(counts.handled[code]), std::move(with_code));
    }
  }
  for (Family* family : {&handled, &seconds}) Add(families, std::move(*family));
}

// Returns the number of the method's calls that are not over.
double UnderWay(const MethodStats& stats) {
  uint64_t over = 0;
  for (const auto& count : stats.handled) over += count;
  // Avoids a negative number, because the counts are not read at one time.
  return static_cast<double>(std::max(stats.started.load(), over) - over);
}

void AddLoad(const Calls& calls, Families& families) {
  Add(families, Gauge("portreg_calls_in_flight", "Calls under way."),
      static_cast<double>(calls.in_flight()));
  Add(families, Gauge("portreg_watches", "Watches under way."),
      UnderWay(calls.stats().of(Method::kWatch)));
  Add(families,
      Gauge("portreg_unread_reply_bytes", "Bytes of replies made for one call each and not sent."),
      static_cast<double>(calls.unread().held()));
  Add(families, Gauge("portreg_queued_calls", "Calls that wait for a worker."),
      static_cast<double>(calls.workers().waiting()));
  Family queued(MetricType::Histogram, "portreg_queue_seconds",
                "Time that calls waited for a worker.");
  queued.Set(calls.workers().waits(), 1e9);
  Add(families, std::move(queued));
  Family refused = Counter("portreg_calls_refused_total", "Calls refused because of a limit.");
  refused.Set(static_cast<double>(calls.refused()), {{"reason", "calls"}});
  refused.Set(static_cast<double>(calls.workers().refused()), {{"reason", "queue"}});
  refused.Set(static_cast<double>(calls.unread().refused()), {{"reason", "unread_bytes"}});
  Add(families, std::move(refused));
}

// `prefix` begins the names of the metrics, and `what` their helps.
void AddConnections(Connections& connections, const std::string& prefix, const std::string& what,
                    Families& families) {
  const Connections::Counts counts = connections.Count();
  Add(families, Gauge(prefix, what + " open."), static_cast<double>(counts.open));
  Add(families, Gauge(prefix + "_limit", what + " that may be open."), connections.limits().total);
  Add(families, Counter(prefix + "_accepted_total", what + " accepted."),
      static_cast<double>(counts.accepted));
  Family refused = Counter(prefix + "_refused_total", what + " closed at once.");
  refused.Set(static_cast<double>(counts.refused_total), {{"reason", "total"}});
  refused.Set(static_cast<double>(counts.refused_peer), {{"reason", "peer"}});
  refused.Set(static_cast<double>(counts.refused_descriptors), {{"reason", "descriptors"}});
  Add(families, std::move(refused));
}

void AddRegistry(const Snapshot& snapshot, Families& families) {
  Family info = Gauge("portreg_registry_info", "1; the label is the registry's revision.");
  info.Set(1, {{"revision", snapshot.registry.revision()}});
  Family records = Gauge("portreg_registry_records", "Records, by layer.");
  Family set_aside = Gauge("portreg_registry_set_aside_rows", "Rows that could not be used.");
  // A layer may be of several files.
  std::map<Layer, std::pair<size_t, size_t>> counts;
  for (const LayerInfo& layer : snapshot.registry.layers()) {
    counts[layer.layer].first += layer.record_count;
    counts[layer.layer].second += layer.set_aside.size();
  }
  for (const auto& [layer, count] : counts) {
    const Labels labels = {{"layer", std::string(ToString(layer))}};
    records.Set(static_cast<double>(count.first), labels);
    set_aside.Set(static_cast<double>(count.second), labels);
  }
  for (Family* family : {&info, &records, &set_aside}) Add(families, std::move(*family));
  Add(families,
      Gauge("portreg_registry_published_timestamp_seconds", "When the registry was published."),
      SecondsSince1970(snapshot.published));
  Add(families,
      Gauge("portreg_registry_bytes", "Memory of the registry with its index and stored replies."),
      static_cast<double>(snapshot.MemoryBytes()));
}

void AddReloads(const Reloader& reloader, Families& families) {
  Family reloads = Counter("portreg_reloads_total", "Attempts to reload, by result.");
  Family failing = Gauge("portreg_reload_failing", "1 if the last attempt failed, else 0.");
  Family unsettled =
      Gauge("portreg_reload_unsettled", "1 while the files change without pause, else 0.");
  Family success = Gauge("portreg_reload_last_success_timestamp_seconds",
                         "When the files were last found good.");
  const std::vector<ReloadStats> all = reloader.stats();
  for (size_t i = 0; i < all.size(); ++i) {
    const ReloadStats& stats = all[i];
    const ClientMetric::Label subject = {"subject", reloader.subjects()[i].name};
    reloads.Set(static_cast<double>(stats.succeeded), {subject, {"result", "success"}});
    reloads.Set(static_cast<double>(stats.failed), {subject, {"result", "failure"}});
    reloads.Set(static_cast<double>(stats.unchanged), {subject, {"result", "unchanged"}});
    failing.Set(stats.failing ? 1 : 0, {subject});
    unsettled.Set(stats.unsettled ? 1 : 0, {subject});
    success.Set(SecondsSince1970(stats.last_success), {subject});
  }
  for (Family* family : {&reloads, &failing, &unsettled, &success})
    Add(families, std::move(*family));
}

void AddCertificates(const ServingCertificates& certificates, Families& families) {
  const ServingCertificates::Expiry expiry = certificates.expiry();
  Family family = Gauge("portreg_certificate_expiry_timestamp_seconds",
                        "When the first certificate in a file expires.");
  family.Set(SecondsSince1970(expiry.certificate), {{"file", "tls_cert"}});
  if (expiry.client_ca)
    family.Set(SecondsSince1970(*expiry.client_ca), {{"file", "tls_client_ca"}});
  Add(families, std::move(family));
}

void AddProcess(const ProcessStats& stats, Families& families) {
  Add(families, Counter("process_cpu_seconds_total", "User and system processor time."),
      stats.cpu_seconds);
  Add(families, Gauge("process_resident_memory_bytes", "Resident memory."),
      static_cast<double>(stats.resident_bytes));
  Add(families, Gauge("process_open_fds", "Open file descriptors."),
      static_cast<double>(stats.open_descriptors));
  Add(families, Gauge("process_max_fds", "File descriptors that may be open."),
      static_cast<double>(stats.max_descriptors));
  Add(families, Gauge("process_start_time_seconds", "When the process began."), stats.start_time);
}

}  // namespace

std::vector<MetricFamily> Metrics::Collect() const {
  Families families;
  const Calls& calls = sources_.server->calls();
  AddCalls(calls.stats(), families);
  AddLoad(calls, families);
  AddConnections(sources_.server->connections(), "portreg_connections", "Connections", families);
  if (sources_.web != nullptr) {
    AddWebCalls(sources_.web->stats(), families);
    AddConnections(sources_.web->connections(), "portreg_web_connections",
                   "Connections to the web door", families);
  }
  AddRegistry(*sources_.publication->Current(), families);
  AddReloads(*sources_.reloader, families);
  if (sources_.certificates != nullptr) AddCertificates(*sources_.certificates, families);
  Family build = Gauge("portreg_build_info", "1; the label is the program's version.");
  build.Set(1, {{"version", std::string(Version())}});
  Add(families, std::move(build));
  Add(families, Gauge("portreg_draining", "1 once the server is about to stop, else 0."),
      *sources_.draining ? 1 : 0);
  Add(families, Counter("portreg_log_lines_dropped_total", "Lines of the log that were dropped."),
      static_cast<double>(LogLinesDropped()));
  AddProcess(ReadProcessStats(), families);
  return families;
}

}  // namespace portreg::server
