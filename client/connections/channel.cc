#include "client/connections/channel.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "client/connections/target.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg {
namespace {

constexpr int kMaxAttempts = 5;
constexpr absl::Duration kMinBackoff = absl::Milliseconds(1);
constexpr absl::Duration kMaxBackoff = absl::Hours(1);
// The most bytes of unread replies that gRPC may hold for a client. If there are
// more, it ends calls with RESOURCE_EXHAUSTED.
constexpr size_t kMaxUnreadBytes = size_t{128} << 20;

absl::Status OutOfBounds(absl::string_view field, const std::string& value,
                         absl::string_view allowed) {
  return absl::InvalidArgumentError(
      absl::StrCat("ClientOptions.", field, " is ", value, ", it must be ", allowed));
}

absl::Status CheckPositive(absl::string_view field, absl::Duration value) {
  if (value > absl::ZeroDuration()) return absl::OkStatus();
  return OutOfBounds(field, absl::FormatDuration(value), "above 0");
}

// Returns gRPC's form of a duration.
int Milliseconds(absl::Duration duration) {
  constexpr int64_t kMax = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp(absl::ToInt64Milliseconds(duration), int64_t{1}, kMax));
}

// Returns Protobuf's JSON form of a duration.
std::string JsonSeconds(absl::Duration duration) {
  return absl::StrFormat("%.3fs", absl::ToDoubleSeconds(duration));
}

}  // namespace

absl::Status ClientOptions::Validate() const {
  if (absl::Status status = internal::CompleteTarget(target).status(); !status.ok()) return status;
  if (absl::Status status = CheckPositive("timeout", timeout); !status.ok()) return status;
  if (absl::Status status = CheckPositive("list_timeout", list_timeout); !status.ok()) {
    return status;
  }
  for (const auto& [field, value] : {std::pair("keepalive_time", keepalive_time),
                                     std::pair("keepalive_timeout", keepalive_timeout)}) {
    if (absl::Status status = CheckPositive(field, value); !status.ok()) return status;
  }
  if (retry.max_attempts < 1 || retry.max_attempts > kMaxAttempts) {
    return OutOfBounds("retry.max_attempts", absl::StrCat(retry.max_attempts),
                       absl::StrCat("1 to ", kMaxAttempts));
  }
  const auto check_backoff = [](absl::string_view field, absl::Duration value) {
    if (kMinBackoff <= value && value <= kMaxBackoff) return absl::OkStatus();
    return OutOfBounds(
        field, absl::FormatDuration(value),
        absl::StrCat(absl::FormatDuration(kMinBackoff), " to ", absl::FormatDuration(kMaxBackoff)));
  };
  if (absl::Status status = check_backoff("retry.initial_backoff", retry.initial_backoff);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = check_backoff("retry.max_backoff", retry.max_backoff); !status.ok()) {
    return status;
  }
  if (tls && tls->cert_file.empty() != tls->key_file.empty()) {
    return absl::InvalidArgumentError(
        "ClientOptions.tls has one of cert_file and key_file, it must have both or none");
  }
  return absl::OkStatus();
}

namespace internal {

std::string TargetOf(const ClientOptions& options) {
  return CompleteTarget(options.target).value_or(options.target);
}

std::string ServiceConfigJson(const ClientOptions& options) {
  const absl::string_view service = v1::PortRegistryService::service_full_name();
  std::string config = R"({"loadBalancingConfig":[{"round_robin":{}}])";
  if (options.health_check) {
    absl::StrAppend(&config, R"(,"healthCheckConfig":{"serviceName":")", service, R"("})");
  }
  if (options.retry.max_attempts > 1) {
    absl::StrAppend(&config, R"(,"methodConfig":[{"name":[{"service":")", service,
                    R"("}],"retryPolicy":{"maxAttempts":)", options.retry.max_attempts,
                    R"(,"initialBackoff":")", JsonSeconds(options.retry.initial_backoff),
                    R"(","maxBackoff":")", JsonSeconds(options.retry.max_backoff),
                    R"(","backoffMultiplier":2,"retryableStatusCodes":["UNAVAILABLE"]}}],)",
                    R"("retryThrottling":{"maxTokens":100,"tokenRatio":0.1})");
  }
  config += '}';
  return config;
}

std::shared_ptr<grpc::Channel> MakeChannel(
    const ClientOptions& options, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfigJson(options));
  // Finds a server that is back within a second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Pings notice a server that has disappeared without closing its connections. A
  // watch, which receives little, would otherwise wait for ever. portregd accepts a
  // ping every 10 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  // By default gRPC stops after two pings without a message between them.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, options.use_http_proxy ? 1 : 0);
  // gRPC 1.51 receives a whole message before it checks its size.
  grpc::ResourceQuota quota;
  quota.Resize(kMaxUnreadBytes);
  arguments.SetResourceQuota(quota);
  // gRPC 1.51 would decompress a message before it checks its size. So a compressed
  // message is not accepted, and cannot be parsed.
  arguments.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1 << GRPC_COMPRESS_NONE);
  if (!options.user_agent.empty()) arguments.SetUserAgentPrefix(options.user_agent);
  if (options.tls && !options.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  }
  return grpc::CreateCustomChannel(TargetOf(options), credentials, arguments);
}

}  // namespace internal
}  // namespace portreg
