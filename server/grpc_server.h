// A gRPC server behind our own listener.
#ifndef PORTREG_SERVER_GRPC_SERVER_H_
#define PORTREG_SERVER_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/listener.h"
#include "server/server_limits.h"

namespace portreg {

// What a server offers besides the services that are registered with it.
struct GrpcServerOptions {
  std::vector<std::string> listen;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  ServerLimits limits;
  bool reflection = false;
  bool channelz = false;
};

// A grpc::Server, its listener, and grpc.health.v1.Health. For one thread.
class GrpcServer {
 public:
  // `builder` brings the services, which must outlive the server.
  // INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE for one
  // that cannot be listened on; then nothing is served.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcServerOptions& options,
                                                           grpc::ServerBuilder& builder);

  // As Shutdown without grace.
  ~GrpcServer();

  // What health says of `service` from now on.
  void SetServing(const std::string& service, bool serving);

  // Accepts no more connections.
  void StopListening() { listener_->Stop(); }

  // Turns new calls away, waits up to `grace` for those under way, then
  // cancels them. Returns when all are over.
  void Shutdown(absl::Duration grace);

  [[nodiscard]] const std::vector<std::string>& addresses() const { return listener_->addresses(); }
  [[nodiscard]] Connections& connections() { return listener_->connections(); }

 private:
  GrpcServer(std::unique_ptr<Listener> listener, std::unique_ptr<grpc::Server> server)
      : listener_(std::move(listener)), server_(std::move(server)) {}

  std::unique_ptr<Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_GRPC_SERVER_H_
