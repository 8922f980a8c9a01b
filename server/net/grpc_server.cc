#include "server/net/grpc_server.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {
namespace {

// Removes the services that this server does not offer, because gRPC adds the
// services of all plug-ins to every server of a program that links them.
class OnlyOffered final : public grpc::ServerBuilderOption {
 public:
  OnlyOffered(bool reflection, bool channelz) : reflection_(reflection), channelz_(channelz) {}

  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}

  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const auto unwanted = [this](const std::unique_ptr<grpc::ServerBuilderPlugin>& plugin) {
      const std::string name = plugin->name();
      return (!reflection_ && name == "proto_server_reflection") ||
             (!channelz_ && name == "channelz_service");
    };
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(), unwanted), plugins->end());
  }

 private:
  const bool reflection_;
  const bool channelz_;
};

int Milliseconds(absl::Duration duration) {
  const int64_t milliseconds = absl::ToInt64Milliseconds(duration);
  return static_cast<int>(std::clamp<int64_t>(milliseconds, 1, std::numeric_limits<int>::max()));
}

void Apply(const ServerLimits& limits, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(limits.max_request_bytes);
  // The server's grpc-accept-encoding then names only identity. A request that is
  // compressed nevertheless gets UNIMPLEMENTED.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  grpc::ResourceQuota quota("portregd");
  builder.SetResourceQuota(quota.Resize(static_cast<size_t>(limits.memory_quota_bytes)));
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_concurrent_streams},
      {GRPC_ARG_MAX_METADATA_SIZE, limits.max_metadata_bytes},
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(limits.handshake_timeout)},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(limits.max_connection_idle)},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(limits.max_connection_age)},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(limits.max_connection_age_grace)},
      {GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(limits.keepalive_time)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(limits.keepalive_timeout)},
      // Clients may disappear while they have no call, too.
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       Milliseconds(limits.min_ping_interval)},
      // Never decompresses a request, because it could grow to hundreds of times its
      // size.
      {GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Open(
    const GrpcServerOptions& options, absl::FunctionRef<void(grpc::ServerBuilder&)> add_services) {
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Open(options.listen, options.limits.connections, options.limits.keepalive_timeout);
  if (!listener.ok()) return listener.status();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();
  // Links the messages of health, which gRPC's health service does not need, because
  // reflection can describe only linked messages.
  google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckRequest>();
  // A builder takes the plug-ins that are registered when it is constructed.
  grpc::ServerBuilder builder;
  add_services(builder);
  builder.SetOption(std::make_unique<OnlyOffered>(options.reflection, options.channelz));
  Apply(options.limits, builder);
  std::shared_ptr<Acceptor> acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, options.credentials);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("gRPC could not start a server");
  return std::unique_ptr<GrpcServer>(
      new GrpcServer(*std::move(listener), std::move(acceptor), std::move(server)));
}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

void GrpcServer::SetServing(const std::string& service, bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(service, serving);
}

void GrpcServer::Accept() {
  listener_->Start([acceptor = acceptor_](int fd, int listener_fd) {
    Acceptor::NewConnectionParameters connection;
    connection.listener_fd = listener_fd;
    connection.fd = fd;
    acceptor->HandleNewConnection(&connection);
  });
}

void GrpcServer::Shutdown(absl::Duration grace) {
  StopListening();
  server_->Shutdown(After(grace));
}

}  // namespace portreg::server
