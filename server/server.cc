#include "server/server.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/port.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/listen_address.h"

namespace portreg {
namespace {

// Streams that one connection may have open at once.
constexpr int kMaxConcurrentStreams = 100;
// What gRPC may hold for all connections together.
constexpr size_t kMemoryQuotaBytes = 256 << 20;

// gRPC adds reflection to every server of a program that links it; this takes
// it away.
class NoReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}

  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const auto reflects = [](const std::unique_ptr<grpc::ServerBuilderPlugin>& plugin) {
      return plugin->name() == "proto_server_reflection";
    };
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(), reflects), plugins->end());
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const Publication& publication) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<NoReflection>());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  // A request of 256 KiB could otherwise unfold to hundreds of times its size.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  grpc::ResourceQuota quota("portregd");
  builder.SetResourceQuota(quota.Resize(kMemoryQuotaBytes));
  // Two servers would otherwise share one port, and neither would know.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);

  std::vector<ListenAddress> addresses;
  std::vector<int> bound_ports(options.listen.size(), 0);
  for (size_t i = 0; i < options.listen.size(); ++i) {
    absl::StatusOr<ListenAddress> address = ParseListenAddress(options.listen[i]);
    if (!address.ok()) return address.status();
    if (absl::Status status = CheckAddressIsFree(*address); !status.ok()) return status;
    for (const ListenAddress& earlier : addresses) {
      const bool chosen_by_system = address->path.empty() && address->port == 0;
      if (chosen_by_system || earlier.ToString() != address->ToString()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("address ", address->ToString(), " is given twice"));
    }
    builder.AddListeningPort(address->ToString(), grpc::InsecureServerCredentials(),
                             &bound_ports[i]);
    addresses.push_back(*std::move(address));
  }
  if (addresses.empty()) return absl::InvalidArgumentError("no address to listen on is given");

  std::unique_ptr<Server> server(new Server(publication));
  builder.RegisterService(&server->service_);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ",
                                               absl::StrJoin(options.listen, ", "),
                                               ": two of them overlap, or one was taken just now"));
  }
  for (size_t i = 0; i < addresses.size(); ++i) {
    if (addresses[i].path.empty()) addresses[i].port = static_cast<Port>(bound_ports[i]);
    server->addresses_.push_back(addresses[i].ToString());
  }
  // The default service answers for "" by itself; clients that check health
  // ask for the service by name.
  server->server_->GetHealthCheckService()->SetServingStatus(
      v1::PortRegistryService::service_full_name(), true);
  return server;
}

void Server::Shutdown(absl::Duration grace) {
  server_->GetHealthCheckService()->SetServingStatus(false);
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
}

}  // namespace portreg
