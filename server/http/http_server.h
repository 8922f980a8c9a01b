// Serves HTTP by libmicrohttpd on the connections of a Listener.
#ifndef PORTREG_SERVER_HTTP_HTTP_SERVER_H_
#define PORTREG_SERVER_HTTP_HTTP_SERVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/http_connection.h"
#include "server/http/http_exchange.h"
#include "server/http/http_message.h"
#include "server/net/listener.h"

struct MHD_Daemon;

namespace portreg::server {

// Options of an HTTP server.
struct HttpServerOptions {
  // Addresses to listen at: host:port, [ipv6]:port or unix:path. Port 0 lets the system
  // choose. At least one.
  std::vector<std::string> listen = {};
  ConnectionLimits connections = {};
  HttpTimes times = {};
  // How long sent data may stay unacknowledged. Default: 20 s.
  absl::Duration user_timeout = absl::Seconds(20);
  // Most bytes of the header fields of a request: names, values, and 32 bytes for each field
  // (RFC 9113, section 6.5.2). Default: 8 KiB.
  size_t max_field_bytes = 8 << 10;
  // Most bytes of the body of one request, and of the bodies of all requests under way
  // together. Default: 0, bodies are read and dropped.
  size_t max_body_bytes = 0;
  int64_t max_all_body_bytes = 0;
  // Returns the credentials for the next TLS handshake. Must be thread-safe. Default: empty,
  // plaintext.
  std::function<absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>>()> credentials = {};
  // Adds header fields to each response just before it is sent. Called on the server's
  // thread. Default: none.
  std::function<void(const HttpRequest&, HttpResponse&)> finish = {};
  // Makes the response to a request that breaks a limit or a rule of HTTP. Default: empty, the
  // response has the message as its text.
  std::function<HttpResponse(int status, absl::string_view message)> refuse = {};
};

// Serves all connections, with TLS or without, on one thread. A slow client does not delay
// others. HEAD gets the response to GET without its body; libmicrohttpd before 0.9.77 then closes
// the connection if the body is a stream. The server closes a connection after it has refused a
// request by `HttpServerOptions::refuse`.
//
//   absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Open(options);
//   if (server.ok()) (*server)->Start([](HttpExchange& exchange) { ... });
//
// Not thread-safe.
class HttpServer {
 public:
  // Called on the server's thread for each complete request. Answers the exchange, or
  // suspends it.
  using Handler = std::function<void(HttpExchange& exchange)>;

  // Listens at the addresses; connections wait until Start. The errors are those of
  // Listener::Open and of `options.credentials`, and UNAVAILABLE if the thread cannot be
  // started.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(HttpServerOptions options);

  // Begins to serve. Call it once.
  void Start(Handler handler);

  // Accepts no more connections. From now on, the server closes each connection after its next
  // response.
  void StopListening();

  // Waits until no exchange is suspended, then ends all connections. Requires that suspended
  // exchanges are resumed soon.
  void Stop();

  // Calls Stop.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Returns the addresses, with the ports that the system chose.
  [[nodiscard]] const std::vector<std::string>& addresses() const { return listener_->addresses(); }
  [[nodiscard]] Connections& connections() { return listener_->connections(); }

 private:
  // Contains the functions that libmicrohttpd calls.
  struct Callbacks;

  HttpServer(HttpServerOptions options, std::unique_ptr<Listener> listener)
      : options_(std::move(options)), deadlines_(options_.times), listener_(std::move(listener)) {}

  [[nodiscard]] absl::Status StartDaemon();
  void Adopt(int fd);
  // Handle the steps of a request: its head, a part of its body, and its end.
  void Begin(HttpExchange& exchange, absl::string_view method);
  void AddToBody(HttpExchange& exchange, absl::string_view part);
  void Finish(HttpExchange& exchange);
  void Refuse(HttpExchange& exchange, int status, absl::string_view message) const;

  const HttpServerOptions options_;
  // Bytes of the bodies of all requests under way.
  std::atomic<int64_t> body_bytes_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> suspended_ = 0;
  HttpDeadlines deadlines_;
  const std::unique_ptr<Listener> listener_;
  Handler handler_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_HTTP_SERVER_H_
