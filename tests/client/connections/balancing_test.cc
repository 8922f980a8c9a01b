// Tests to which servers calls are sent, on which way, and with which user agent.
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"

namespace portreg {
namespace {

using ::testing::StartsWith;

// Provides two servers behind one target, which answer with their names.
class BalancingTest : public ::testing::Test {
 protected:
  BalancingTest() {
    for (FakeService* service : {&first_service_, &second_service_}) {
      service->lookup = [service, this](const auto&, v1::LookupResponse& response) {
        response.set_revision(service == &first_service_ ? "first" : "second");
        return grpc::Status::OK;
      };
    }
  }

  [[nodiscard]] ClientOptions Options() const {
    return OptionsFor(
        absl::StrCat("ipv4:127.0.0.1:", first_.port(), ",127.0.0.1:", second_.port()));
  }

  [[nodiscard]] ClientOptions HealthCheckedOptions() const {
    ClientOptions options = Options();
    options.health_check = true;
    return options;
  }

  // Returns the name of the server that answers; empty if none does.
  static std::string Ask(const Client& client) {
    const absl::StatusOr<v1::LookupResponse> answer = client.LookupPort(80);
    return answer.ok() ? answer->revision() : "";
  }

  // Returns true if `server` answers the next ten calls.
  static bool TenCallsGoTo(const Client& client, const std::string& server) {
    for (int i = 0; i < 10; ++i) {
      if (Ask(client) != server) return false;
    }
    return true;
  }

  FakeService first_service_;
  FakeService second_service_;
  FakeServer first_{first_service_};
  FakeServer second_{second_service_};
};

TEST_F(BalancingTest, CallsGoToEachServerByTurns) {
  const std::unique_ptr<Client> client = MakeClient(Options());
  CallUntil([&] { return Ask(*client) == "first"; });
  CallUntil([&] { return Ask(*client) == "second"; });
  std::map<std::string, int> calls;
  for (int i = 0; i < 20; ++i) ++calls[Ask(*client)];
  EXPECT_EQ(calls["first"], 10);
  EXPECT_EQ(calls["second"], 10);
}

TEST_F(BalancingTest, ServerThatDoesNotServeIsPassedOver) {
  first_.SetServing(false);
  const std::unique_ptr<Client> client = MakeClient(HealthCheckedOptions());
  EXPECT_TRUE(TenCallsGoTo(*client, "second"));

  first_.SetServing(true);
  CallUntil([&] { return Ask(*client) == "first"; });

  first_.SetServing(false);
  CallUntil([&] { return TenCallsGoTo(*client, "second"); });
}

TEST_F(BalancingTest, NoServerThatServesIsUnavailable) {
  first_.SetServing(false);
  second_.SetServing(false);
  EXPECT_EQ(MakeClient(HealthCheckedOptions())->LookupPort(80).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(first_service_.lookups().empty());
  EXPECT_TRUE(second_service_.lookups().empty());
}

TEST_F(BalancingTest, HealthIsOfNoConcernUnlessWanted) {
  first_.SetServing(false);
  second_.SetServing(false);
  EXPECT_TRUE(MakeClient(Options())->LookupPort(80).ok());
}

TEST_F(BalancingTest, UserAgentStartsWithTheOptions) {
  ClientOptions options = OptionsFor(first_.target());
  ASSERT_EQ(Ask(*MakeClient(options)), "first");
  EXPECT_THAT(first_service_.user_agent(), StartsWith("grpc-c++/"));
  options.user_agent = "flow-log/1.0";
  ASSERT_EQ(Ask(*MakeClient(options)), "first");
  EXPECT_THAT(first_service_.user_agent(), StartsWith("flow-log/1.0 grpc-c++/"));
}

TEST(ProxyTest, HttpProxyIsUsedOnlyIfWanted) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return grpc::Status::OK; };
  const FakeServer server(service);
  const DeafPort proxy(DeafPort::Kind::kRefuses);
  setenv("grpc_proxy", absl::StrCat("http://", proxy.target()).c_str(), 1);
  ClientOptions options = OptionsFor(server.target());
  EXPECT_TRUE(MakeClient(options)->LookupPort(80).ok());
  options.use_http_proxy = true;
  EXPECT_EQ(MakeClient(options)->LookupPort(80).status().code(), absl::StatusCode::kUnavailable);
  unsetenv("grpc_proxy");
}

}  // namespace
}  // namespace portreg
