// A running gRPC server.
#ifndef PORTREG_SERVER_SERVER_H_
#define PORTREG_SERVER_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/publication.h"
#include "server/service.h"

namespace portreg {

struct ServerOptions {
  // Where to listen: host:port, [ipv6]:port or unix:path; port 0 lets the
  // system choose. Must hold one at least, and none twice.
  std::vector<std::string> listen;
  // Whether to offer gRPC server reflection, v1alpha. Default: no.
  bool reflection = false;
};

// Serves PortRegistryService and grpc.health.v1.Health from the moment Start
// returns until the object goes away.
//
//   absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options, publication);
//
// Start and Shutdown are for one thread.
class Server {
 public:
  // Opens all listeners and begins to serve. The publication must outlive the
  // server. INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE
  // for one that cannot be listened on; then nothing is served.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const Publication& publication);

  // The addresses listened on, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }

  // Turns new calls away, waits up to `grace` for those under way, then
  // cancels them. Returns when all are over.
  void Shutdown(absl::Duration grace);

 private:
  explicit Server(const Publication& publication) : service_(publication) {}

  PortRegistryService service_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_SERVER_H_
