#include "client/connections/channel.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/model/port.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/support/validate_service_config.h"
#include "gtest/gtest.h"
#include "tests/client/fake_server.h"

namespace portreg::internal {
namespace {

// Returns the service config as a tree. Fails the test if it is not JSON.
google::protobuf::Struct ConfigOf(const ClientOptions& options) {
  google::protobuf::Struct config;
  const auto status =
      google::protobuf::util::JsonStringToMessage(ServiceConfigJson(options), &config);
  EXPECT_TRUE(status.ok()) << status << ServiceConfigJson(options);
  return config;
}

// Returns the only methodConfig.
google::protobuf::Struct MethodConfigOf(const google::protobuf::Struct& config) {
  const auto& methods = config.fields().at("methodConfig").list_value();
  EXPECT_EQ(methods.values_size(), 1);
  return methods.values(0).struct_value();
}

TEST(ChannelTest, GrpcTakesTheServiceConfig) {
  for (const bool health_check : {true, false}) {
    for (int attempts = 1; attempts <= 5; ++attempts) {
      ClientOptions options;
      options.health_check = health_check;
      options.retry.max_attempts = attempts;
      const std::string json = ServiceConfigJson(options);
      EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(json), "") << json;
    }
  }
}

TEST(ChannelTest, GrpcTakesEveryBackoffThatValidateTakes) {
  const std::vector<absl::Duration> backoffs = {
      absl::Milliseconds(1), absl::Microseconds(1500), absl::Milliseconds(999),
      absl::Hours(24),       absl::Hours(24 * 3650),   absl::InfiniteDuration(),
  };
  for (const absl::Duration backoff : backoffs) {
    ClientOptions initial;
    initial.retry.initial_backoff = backoff;
    ClientOptions longest;
    longest.retry.max_backoff = backoff;
    for (const ClientOptions& options : {initial, longest}) {
      if (!options.Validate().ok()) continue;
      const std::string json = ServiceConfigJson(options);
      EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(json), "") << json;
    }
  }
}

TEST(ChannelTest, GrpcRefusesABadServiceConfig) {
  // Shows that ValidateServiceConfigJSON, which the tests above use, finds errors.
  EXPECT_NE(grpc::experimental::ValidateServiceConfigJSON(
                R"({"methodConfig":[{"name":[{}],"retryPolicy":{"maxAttempts":1}}]})"),
            "");
}

TEST(ChannelTest, CallsGoToServersByTurns) {
  const google::protobuf::Struct config = ConfigOf({});
  const auto& balancers = config.fields().at("loadBalancingConfig").list_value();
  ASSERT_EQ(balancers.values_size(), 1);
  EXPECT_TRUE(balancers.values(0).struct_value().fields().contains("round_robin"));
}

TEST(ChannelTest, RetriesAreForUnavailableOnly) {
  ClientOptions options;
  options.retry.max_attempts = 4;
  options.retry.initial_backoff = absl::Milliseconds(70);
  options.retry.max_backoff = absl::Milliseconds(2500);
  const google::protobuf::Struct method = MethodConfigOf(ConfigOf(options));
  const auto& name = method.fields().at("name").list_value().values(0).struct_value();
  EXPECT_EQ(name.fields().at("service").string_value(), "portreg.v1.PortRegistryService");
  EXPECT_FALSE(name.fields().contains("method"));

  const auto& policy = method.fields().at("retryPolicy").struct_value().fields();
  EXPECT_EQ(policy.at("maxAttempts").number_value(), 4);
  EXPECT_EQ(policy.at("initialBackoff").string_value(), "0.070s");
  EXPECT_EQ(policy.at("maxBackoff").string_value(), "2.500s");
  EXPECT_EQ(policy.at("backoffMultiplier").number_value(), 2);
  const auto& codes = policy.at("retryableStatusCodes").list_value();
  ASSERT_EQ(codes.values_size(), 1);
  EXPECT_EQ(codes.values(0).string_value(), "UNAVAILABLE");
}

TEST(ChannelTest, RetriesAreThrottled) {
  const google::protobuf::Struct config = ConfigOf({});
  const auto& throttling = config.fields().at("retryThrottling").struct_value().fields();
  EXPECT_EQ(throttling.at("maxTokens").number_value(), 100);
  EXPECT_EQ(throttling.at("tokenRatio").number_value(), 0.1);
}

TEST(ChannelTest, OneAttemptIsNoRetryPolicy) {
  ClientOptions options;
  options.retry.max_attempts = 1;
  EXPECT_FALSE(ConfigOf(options).fields().contains("methodConfig"));
}

TEST(ChannelTest, HealthOfTheServiceIsAskedForOnlyIfWanted) {
  ClientOptions options;
  EXPECT_FALSE(ConfigOf(options).fields().contains("healthCheckConfig"));
  options.health_check = true;
  const google::protobuf::Struct config = ConfigOf(options);
  const auto& health = config.fields().at("healthCheckConfig").struct_value();
  EXPECT_EQ(health.fields().at("serviceName").string_value(), "portreg.v1.PortRegistryService");
}

TEST(ChannelTest, ChannelIsMadeWithoutConnecting) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  const std::shared_ptr<grpc::Channel> channel =
      MakeChannel(OptionsFor(port.target()), grpc::InsecureChannelCredentials());
  EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_IDLE);
}

}  // namespace
}  // namespace portreg::internal
