#include "server/daemon/portregd.h"

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/metrics/metrics.h"
#include "server/process/systemd_notifier.h"
#include "server/reload/reload.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

PortregdOptions OnLoopback() {
  PortregdOptions options;
  options.server.listen = {"127.0.0.1:0"};
  return options;
}

TEST(PortregdTest, AnnouncesItsListenersTheServiceLast) {
  PortregdOptions options = OnLoopback();
  options.admin_listen = {"127.0.0.1:0"};
  options.metrics_listen = "127.0.0.1:0";
  const std::unique_ptr<Portregd> portregd = Portregd::Start(options).value();
  EXPECT_THAT(portregd->Announcements(),
              ElementsAre(StartsWith("ADMIN 127.0.0.1:"), StartsWith("METRICS 127.0.0.1:"),
                          StartsWith("READY 127.0.0.1:")));
}

TEST(PortregdTest, PlaintextThatOthersReachMustBeAllowed) {
  const auto refused = [](const PortregdOptions& options, const char* flag, const char* remedy) {
    const absl::Status status = Portregd::Start(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(status), AllOf(HasSubstr(flag), HasSubstr(remedy)));
  };
  PortregdOptions options = OnLoopback();
  options.server.listen = {"127.0.0.1:0", "0.0.0.0:0"};
  refused(options, "--listen=0.0.0.0:0", "--insecure");
  options.admin_insecure = true;
  refused(options, "--listen=0.0.0.0:0", "--insecure");
  options.insecure = true;
  EXPECT_TRUE(Portregd::Start(options).ok());
  options = OnLoopback();
  options.admin_listen = {"[::]:0"};
  refused(options, "--admin_listen=[::]:0", "--admin_insecure");
  options.admin_insecure = true;
  EXPECT_TRUE(Portregd::Start(options).ok());
  options = OnLoopback();
  options.metrics_listen = "0.0.0.0:0";
  refused(options, "--metrics_listen=0.0.0.0:0", "--admin_insecure");
  options.insecure = true;
  EXPECT_TRUE(Portregd::Start(options).ok());
  options = OnLoopback();
  options.web_listen = {"0.0.0.0:0"};
  options.admin_insecure = true;
  refused(options, "--web_listen=0.0.0.0:0", "--insecure");
  options.insecure = true;
  EXPECT_TRUE(Portregd::Start(options).ok());
}

TEST(PortregdTest, WhatIsWrongWithAnOptionIsSaid) {
  PortregdOptions options = OnLoopback();
  options.tls.cert = "no/such/file";
  EXPECT_THAT(Message(Portregd::Start(options).status()), HasSubstr("tls_key"));
  options = OnLoopback();
  options.metrics_listen = "unix:/s";
  EXPECT_THAT(Message(Portregd::Start(options).status()), HasSubstr("unix:/s"));
  options.metrics_listen = "nonsense";
  EXPECT_THAT(Message(Portregd::Start(options).status()), HasSubstr("nonsense"));
}

// Returns all metrics that a server without files exports.
std::vector<prometheus::MetricFamily> Collected(RunningServer& server) {
  SystemdNotifier systemd_notifier;
  const Reloader reloader({}, absl::ZeroDuration(), systemd_notifier);
  const std::atomic<bool> draining = false;
  return Metrics({.publication = &server.publication(),
                  .server = &server.server(),
                  .reloader = &reloader,
                  .certificates = nullptr,
                  .draining = &draining})
      .Collect();
}

TEST(MetricsTest, StrangersAddNoLabels) {
  RunningServer server(SmallRegistry());
  const auto series = [&server] {
    std::set<std::string> found;
    for (const prometheus::MetricFamily& family : Collected(server)) {
      for (const prometheus::ClientMetric& metric : family.metric) {
        std::string name = family.name;
        for (const auto& label : metric.label) name += "," + label.name + "=" + label.value;
        found.insert(name);
      }
    }
    return found;
  };
  (void)CallRaw(server.address(), "/a/b", "");
  const std::set<std::string> before = series();
  for (int i = 0; i < 20; ++i) {
    (void)CallRaw(server.address(), absl::StrCat("/service", i, "/Method"), "");
  }
  EXPECT_EQ(series(), before);
}

TEST(MetricsTest, BucketsOfAHistogramAddUp) {
  RunningServer server(SmallRegistry());
  (void)CallRaw(server.address(), "/portreg.v1.PortRegistryService/Lookup", "\x08\x50");
  (void)CallRaw(server.address(), "/portreg.v1.PortRegistryService/Lookup", "");
  for (const prometheus::MetricFamily& family : Collected(server)) {
    if (family.name != "grpc_server_handling_seconds") continue;
    const prometheus::ClientMetric::Histogram& lookups = family.metric[0].histogram;
    EXPECT_EQ(lookups.sample_count, 2);
    EXPECT_EQ(lookups.bucket.back().cumulative_count, 2);
    EXPECT_DOUBLE_EQ(lookups.bucket.front().upper_bound, 1e-5);
    EXPECT_DOUBLE_EQ(lookups.bucket.back().upper_bound, 1'800);
    EXPECT_GT(lookups.sample_sum, 0);
    EXPECT_LT(lookups.sample_sum, 60);
    return;
  }
  FAIL() << "there is no such metric";
}

}  // namespace
}  // namespace portreg::server
