// Serves HTTP by libmicrohttpd on the connections of a Listener.
#ifndef PORTREG_SERVER_METRICS_HTTP_SERVER_H_
#define PORTREG_SERVER_METRICS_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/net/listener.h"

struct MHD_Daemon;

namespace portreg::server {

// The first line of a request. Its header fields and body are ignored.
struct HttpRequest {
  std::string method;
  // Without the query.
  std::string path;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  // Names and values of further header fields.
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
};

// Serves all connections on one thread, without waiting for a slow client. If a new
// connection exceeds the limit, the oldest one of the peer with the most connections is
// closed.
//
//   absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Open("[::1]:9090");
//   if (server.ok()) (*server)->Start([](const HttpRequest& request) { ... });
//
// Not thread-safe.
class HttpServer {
 public:
  // Called on the server's thread.
  using Handler = std::function<HttpResponse(const HttpRequest& request)>;

  // Listens at the address; connections wait until Start. The errors are those of
  // Listener::Open, and UNAVAILABLE if the thread cannot be started.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::string& address);

  // Begins to serve. Call it once. HEAD gets the answer to GET without its body.
  void Start(Handler handler);

  // Ends all connections.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Returns the address, with the port that the system chose.
  [[nodiscard]] const std::string& address() const { return listener_->addresses().front(); }

 private:
  // The functions that libmicrohttpd calls.
  struct Callbacks;

  explicit HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

  void Adopt(int fd);

  const std::unique_ptr<Listener> listener_;
  Handler handler_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_METRICS_HTTP_SERVER_H_
