// Serves the registry by HTTP: a page for browsers, JSON, and the Connect protocol.
#ifndef PORTREG_SERVER_WEB_WEB_DOOR_H_
#define PORTREG_SERVER_WEB_WEB_DOOR_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/http_exchange.h"
#include "server/http/http_server.h"
#include "server/net/server_limits.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/web/origins.h"
#include "server/web/page_store.h"
#include "server/web/web_call.h"
#include "server/web_protocol/routes.h"

namespace portreg::server {

// Options of the web door.
struct WebDoorOptions {
  // Addresses to listen at, in the same form as for gRPC. Empty: there is no web door.
  std::vector<std::string> listen;
  // Origins of other web sites whose scripts may call; see Origins. Default: none.
  std::vector<std::string> allow_origins;
  // Limits of connections, bytes and times. Limits that concern only HTTP/2 do not apply.
  ServerLimits limits;
  // Returns the credentials for the next TLS handshake. Empty: plaintext.
  std::function<absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>>()> credentials;
  // Returns OK if a client with these names in its certificate may call. Empty: every
  // client may.
  std::function<absl::Status(const CertificateNames&)> admit;
};

// Answers GET requests for paths, unary calls of the Connect protocol, and requests for the page.
// Uses the same publication, limits, workers and functions as calls by gRPC, so that the answers
// are the same. deploy/web-door.md lists the paths.
//
// One thread may call Open, Serve, Drain, StopListening and Shutdown; any thread may call the
// rest.
class WebDoor {
 public:
  // Listens at all addresses; connections wait until Serve. The errors are those of
  // HttpServer::Open and Origins::Create.
  static absl::StatusOr<std::unique_ptr<WebDoor>> Open(const WebDoorOptions& options);

  // Begins to serve. Call it once. The arguments must outlive the door.
  void Serve(Calls& calls, const Publication& publication, PageMaker page);

  // Calls Shutdown.
  ~WebDoor();

  // From now on, GET /healthz answers 503, so that balancers send no new clients. Calls are still
  // served.
  void Drain() { draining_ = true; }

  // Accepts no more connections, and closes each one after its next response.
  void StopListening() { server_->StopListening(); }

  // Calls Calls::Stop, waits for calls under way, and ends all connections.
  void Shutdown();

  // Returns the addresses, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return server_->addresses(); }
  [[nodiscard]] Connections& connections() { return server_->connections(); }
  // Returns the counts of calls at the web door. Call it after Serve.
  [[nodiscard]] const CallStats& stats() const { return service_->stats; }

 private:
  explicit WebDoor(const WebDoorOptions& options) : admit_(options.admit) {}

  void Handle(HttpExchange& exchange);
  void HandleRoute(HttpExchange& exchange, Route route, const std::vector<std::string>& path);
  // Answers with the OpenAPI description, if the client may call.
  void AnswerStatic(HttpExchange& exchange) const;
  void AnswerHealth(HttpExchange& exchange) const;

  const std::function<absl::Status(const CertificateNames&)> admit_;
  Origins origins_;
  std::atomic<bool> draining_ = false;
  std::unique_ptr<WebService> service_;
  std::unique_ptr<PageStore> page_;
  // Declared last, because its thread uses the members above.
  std::unique_ptr<HttpServer> server_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_WEB_DOOR_H_
