#include "server/net/server.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/system/monotonic_time.h"

namespace portreg::server {
namespace {

// How long calls under way take to end, but for those that nobody reads.
constexpr absl::Duration kUsualEnd = absl::Milliseconds(100);
// How long connections without a call have to end.
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
  // The default service answers for "" by itself; clients that check health
  // ask for the service by name.
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
  // Calls end within microseconds, unless their clients do not read. When none
  // is left there is no more to wait for than that clients are told.
  const bool idle = calls().AwaitNone(std::min(grace, kUsualEnd));
  // gRPC resets calls that reach a server which is being shut down: they end as
  // CANCELLED, which nobody retries. Where the connection ends they are
  // UNAVAILABLE.
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
