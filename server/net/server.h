// Runs the gRPC server that answers what a port number is.
#ifndef PORTREG_SERVER_NET_SERVER_H_
#define PORTREG_SERVER_NET_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/net/grpc_server.h"
#include "server/net/server_limits.h"
#include "server/service/publication.h"
#include "server/service/service.h"
#include "server/service/unknown_methods.h"

namespace portreg::server {

// Where, what and how much a server serves.
struct ServerOptions {
  // Addresses to listen at: host:port, [ipv6]:port or unix:path. Port 0 lets the
  // system choose. At least one, and none twice.
  std::vector<std::string> listen;
  // Offers gRPC server reflection, v1alpha. Default: false.
  bool reflection = false;
  ServerLimits limits;
  ServiceOptions service;
};

// Serves PortRegistryService and grpc.health.v1.Health from Start until Shutdown, or
// until the object is destroyed.
//
//   absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, publication);
//
// One thread may call Start, Drain and Shutdown; any thread may call the rest.
class Server {
 public:
  // Listens at all addresses and begins to serve. The publication must outlive the
  // server. Returns INVALID_ARGUMENT for an address that cannot be parsed, and
  // UNAVAILABLE for one at which the server cannot listen; then it serves nothing.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, const Publication& publication,
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials());

  // Returns the addresses, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return server_->addresses(); }
  [[nodiscard]] Connections& connections() { return server_->connections(); }
  [[nodiscard]] Calls& calls() { return service_.calls(); }

  // Sets the health to NOT_SERVING, so that no new clients come. Calls are still
  // served.
  void Drain();

  // Stops accepting connections, ends streams with UNAVAILABLE, refuses new calls,
  // waits up to `grace` for calls under way, and then cancels them. Returns when all
  // are over.
  void Shutdown(absl::Duration grace);

 private:
  Server(const Publication& publication, const ServiceOptions& options)
      : service_(publication, options), unknown_methods_(service_.calls()) {}

  // Ends all connections, and waits until they are closed, for at most `longest`.
  void HangUp(absl::Duration longest);

  PortRegistryService service_;
  UnknownMethods unknown_methods_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SERVER_H_
