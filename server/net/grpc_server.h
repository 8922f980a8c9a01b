// Runs a gRPC server behind our own listener.
#ifndef PORTREG_SERVER_NET_GRPC_SERVER_H_
#define PORTREG_SERVER_NET_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/net/listener.h"
#include "server/net/server_limits.h"

namespace portreg::server {

// Where and how a gRPC server serves.
struct GrpcServerOptions {
  std::vector<std::string> listen;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  ServerLimits limits;
  bool reflection = false;
  bool channelz = false;
};

// Owns a grpc::Server with grpc.health.v1.Health, and its listener.
//
// Not thread-safe.
class GrpcServer {
 public:
  // Listens at the addresses; connections wait until Accept. `add_services`
  // registers further services, which must outlive the server. Returns
  // INVALID_ARGUMENT for an address that cannot be parsed, and UNAVAILABLE for one
  // at which the server cannot listen.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Open(
      const GrpcServerOptions& options, absl::FunctionRef<void(grpc::ServerBuilder&)> add_services);

  // Shuts down without grace.
  ~GrpcServer();

  // Sets the health of `service`. Before the first call, only the service "" has a
  // health, which is SERVING.
  void SetServing(const std::string& service, bool serving);

  // Begins to accept connections. Call it once.
  void Accept();

  // Accepts no more connections.
  void StopListening() { listener_->Stop(); }

  // Refuses new calls, waits up to `grace` for those under way, and then cancels
  // them. Returns when all are over.
  void Shutdown(absl::Duration grace);

  [[nodiscard]] const std::vector<std::string>& addresses() const { return listener_->addresses(); }
  [[nodiscard]] Connections& connections() { return listener_->connections(); }

 private:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  GrpcServer(std::unique_ptr<Listener> listener, std::shared_ptr<Acceptor> acceptor,
             std::unique_ptr<grpc::Server> server)
      : listener_(std::move(listener)),
        acceptor_(std::move(acceptor)),
        server_(std::move(server)) {}

  std::unique_ptr<Listener> listener_;
  // Takes over the connections that the listener accepts.
  std::shared_ptr<Acceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_GRPC_SERVER_H_
