// The server that answers what a port number is.
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

struct ServerOptions {
  // Where to listen: host:port, [ipv6]:port or unix:path; port 0 lets the
  // system choose. Must hold one at least, and none twice.
  std::vector<std::string> listen;
  // Whether to offer gRPC server reflection, v1alpha. Default: no.
  bool reflection = false;
  ServerLimits limits;
  ServiceOptions service;
};

// Serves PortRegistryService and grpc.health.v1.Health from the moment Start
// returns until the object goes away.
//
//   absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, publication);
//
// Start, Drain and Shutdown are for one thread.
class Server {
 public:
  // Opens all listeners and begins to serve. The publication must outlive the
  // server. INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE
  // for one that cannot be listened on; then nothing is served.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, const Publication& publication,
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials());

  // The addresses listened on, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return server_->addresses(); }
  [[nodiscard]] Connections& connections() { return server_->connections(); }
  [[nodiscard]] Calls& calls() { return service_.calls(); }

  // Health says NOT_SERVING from now on, so that no one new comes; calls are
  // still served.
  void Drain();

  // Accepts no connection, ends the streams with UNAVAILABLE, turns new calls
  // away, waits up to `grace` for those under way, then cancels them. Returns
  // when all are over.
  void Shutdown(absl::Duration grace);

 private:
  Server(const Publication& publication, const ServiceOptions& options)
      : service_(publication, options), unknown_methods_(service_.calls()) {}

  // Ends all connections, and waits until they have, but not longer than that.
  void HangUp(absl::Duration longest);

  PortRegistryService service_;
  UnknownMethods unknown_methods_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SERVER_H_
