// A gRPC server behind our own listener.
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
  // Opens the listeners, behind which connections wait until Accept.
  // `add_services` registers what is served besides, which must outlive the
  // server. INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE for
  // one that cannot be listened on.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Open(
      const GrpcServerOptions& options, absl::FunctionRef<void(grpc::ServerBuilder&)> add_services);

  // As Shutdown without grace.
  ~GrpcServer();

  // What health says of `service` from now on. Until then it knows none but "",
  // which is SERVING.
  void SetServing(const std::string& service, bool serving);

  // Serves those who come, from now on; once.
  void Accept();

  // Accepts no more connections.
  void StopListening() { listener_->Stop(); }

  // Turns new calls away, waits up to `grace` for those under way, then
  // cancels them. Returns when all are over.
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
  // Takes connections over from the listener.
  std::shared_ptr<Acceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_GRPC_SERVER_H_
