// Starts servers in the test's own process, real and fake ones, and creates clients of them.
#ifndef PORTREG_TESTS_CLIENT_FAKE_SERVER_H_
#define PORTREG_TESTS_CLIENT_FAKE_SERVER_H_

#include <memory>
#include <string>

#include "grpcpp/grpcpp.h"
#include "portreg/client.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/net/server.h"
#include "server/service/publication.h"
#include "tests/client/fake_service.h"

namespace portreg {

// A gRPC server on loopback with a health service that reports SERVING. The destructor
// cancels open calls.
class FakeServer {
 public:
  explicit FakeServer(grpc::Service& service,
                      const std::shared_ptr<grpc::ServerCredentials>& credentials =
                          grpc::InsecureServerCredentials());
  ~FakeServer();

  [[nodiscard]] std::string target() const;
  [[nodiscard]] int port() const { return port_; }

  // Sets the status that grpc.health.v1 reports for the registry's service.
  void SetServing(bool serving);

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A bound port of 127.0.0.1 that never answers. It either refuses connections, or
// listens and leaves connections waiting.
class DeafPort {
 public:
  enum class Kind { kRefuses, kLetsWait };
  explicit DeafPort(Kind kind);
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  ~DeafPort();

  [[nodiscard]] std::string target() const;

 private:
  int socket_;
  int port_ = 0;
};

// Returns options for `target` with retries so fast that they do not slow down a test.
ClientOptions OptionsFor(std::string target);

// Calls Client::Create, which must succeed.
std::unique_ptr<Client> MakeClient(const ClientOptions& options);

// Starts the real server of portregd, by default on a free port of loopback.
std::unique_ptr<server::Server> StartServer(const server::Publication& publication,
                                            const std::string& address = "127.0.0.1:0");

// Returns what a server without configuration publishes.
const server::Publication& EmbeddedPublication();

// Returns an error like portregd's, with google.rpc.ErrorInfo.
grpc::Status ErrorWithReason(grpc::StatusCode code, v1::ErrorReason reason,
                             const std::string& message);

// Returns the error for a batch whose reply would be too large.
grpc::Status ReplyTooLarge();

// Answers a batch of one lookup. Returns ReplyTooLarge() for a larger batch.
grpc::Status AnswerOneByOne(const v1::BatchLookupRequest& request,
                            v1::BatchLookupResponse& response);

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_FAKE_SERVER_H_
