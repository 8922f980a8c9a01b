#include "server/net/server.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/system/monotonic_time.h"

namespace portreg::server {
namespace {

// Longest time that calls under way usually take to end if their clients read.
constexpr absl::Duration kUsualEnd = absl::Milliseconds(100);
// How long connections without a call may take to end.
constexpr absl::Duration kFarewell = absl::Milliseconds(250);

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options, const Publication& publication,
    std::shared_ptr<grpc::ServerCredentials> credentials) {
  std::unique_ptr<Server> server(new Server(publication, options.service));
  absl::StatusOr<std::unique_ptr<GrpcServer>> opened =
      GrpcServer::Open({.listen = options.listen,
                        .credentials = std::move(credentials),
                        .limits = options.limits,
                        .reflection = options.reflection},
                       [&server](grpc::ServerBuilder& builder) {
                         builder.RegisterService(&server->service_);
                         builder.RegisterCallbackGenericService(&server->unknown_methods_);
                       });
  if (!opened.ok()) return opened.status();
  server->server_ = *std::move(opened);
  // gRPC sets the health of "" itself. Clients that check health ask for the service
  // by name.
  server->server_->SetServing(v1::PortRegistryService::service_full_name(), true);
  server->server_->Accept();
  return server;
}

void Server::Drain() {
  server_->SetServing("", false);
  server_->SetServing(v1::PortRegistryService::service_full_name(), false);
}

void Server::Shutdown(absl::Duration grace) {
  Drain();
  server_->StopListening();
  service_.calls().Stop();
  // Calls end within microseconds if their clients read. When none is left, only the
  // clients' connections remain to be closed.
  const bool idle = calls().AwaitNoneByGrpc(std::min(grace, kUsualEnd));
  // Closes connections before the shutdown, because gRPC would reset calls that still
  // arrive during it: they would end with CANCELLED, which clients do not retry.
  // Calls on a connection that ends get UNAVAILABLE.
  if (idle) HangUp(std::min(grace, kFarewell));
  server_->Shutdown(idle ? std::min(grace, kFarewell) : grace);
}

void Server::HangUp(absl::Duration longest) {
  const MonotonicTime deadline = MonotonicTime::Now() + longest;
  connections().HangUp();
  while (connections().Count().open > 0 && MonotonicTime::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(1));
  }
}

}  // namespace portreg::server
