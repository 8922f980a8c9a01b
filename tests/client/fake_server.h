// Servers in the test's own process, real ones and others, and clients of them.
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

// A gRPC server on loopback that reports itself as serving. Cancels what is
// under way when it goes.
class FakeServer {
 public:
  explicit FakeServer(grpc::Service& service,
                      const std::shared_ptr<grpc::ServerCredentials>& credentials =
                          grpc::InsecureServerCredentials());
  ~FakeServer();

  [[nodiscard]] std::string target() const;
  [[nodiscard]] int port() const { return port_; }

  // What grpc.health.v1 says of the registry's service.
  void SetServing(bool serving);

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A port of 127.0.0.1 that is bound and answers nothing: it refuses
// connections, or, listening, leaves them waiting.
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

// Options for `target` that retry without making a test slow.
ClientOptions OptionsFor(std::string target);

// Client::Create, which must succeed.
std::unique_ptr<Client> MakeClient(const ClientOptions& options);

// portregd's own server, on a free port of the loopback unless told.
std::unique_ptr<server::Server> StartServer(const server::Publication& publication,
                                            const std::string& address = "127.0.0.1:0");

// What a server with no configuration publishes.
const server::Publication& EmbeddedPublication();

// An error as the server makes it: with google.rpc.ErrorInfo.
grpc::Status ErrorWithReason(grpc::StatusCode code, v1::ErrorReason reason,
                             const std::string& message);

// The error of a batch whose reply would be too large.
grpc::Status ReplyTooLarge();

// Answers a batch of one lookup; of more, the reply is too large.
grpc::Status AnswerOneByOne(const v1::BatchLookupRequest& request,
                            v1::BatchLookupResponse& response);

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_FAKE_SERVER_H_
