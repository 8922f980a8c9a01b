// Holds one request and its response.
#ifndef PORTREG_SERVER_HTTP_HTTP_EXCHANGE_H_
#define PORTREG_SERVER_HTTP_HTTP_EXCHANGE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/http/http_connection.h"
#include "server/http/http_message.h"

struct MHD_Connection;

namespace portreg::server {

// A request, and the connection that waits for its response. Exists until the response
// has been sent or the connection has ended.
//
//   void Handle(HttpExchange& exchange) {
//     exchange.Answer({.body = "at once\n"});
//   }
//   void HandleLater(HttpExchange& exchange) {
//     exchange.Suspend();
//     RunElsewhere([&exchange] {
//       exchange.Answer({.body = "later\n"});
//       exchange.Resume();
//     });
//   }
//
// While the exchange is suspended, one other thread may use it; otherwise only the
// server's thread may.
class HttpExchange {
 public:
  // `suspended` counts the exchanges that are suspended.
  HttpExchange(MHD_Connection* connection, HttpConnection& state, std::atomic<int>& suspended,
               std::string target)
      : connection_(connection), state_(state), suspended_(suspended) {
    request.target = std::move(target);
  }

  // Destroys the kept object first, because its destructor may use the exchange.
  ~HttpExchange() { kept_.reset(); }
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // Sets the response. Call it once, in the handler or before Resume.
  void Answer(HttpResponse response) { response_ = std::move(response); }
  [[nodiscard]] bool answered() const { return response_.has_value(); }

  // Stops all work on the connection until Resume. Call it on the server's thread, in the
  // handler or in HttpStream::Read. Until Resume, the server does not notice if the client
  // closes the connection.
  void Suspend();
  // Continues the work on the connection. The exchange may be destroyed when Resume returns.
  void Resume();

  // Keeps `object` until the exchange is over.
  void Keep(std::shared_ptr<void> object) { kept_ = std::move(object); }

  [[nodiscard]] const HttpConnection& connection() const { return state_; }

  HttpRequest request;

 private:
  friend class HttpServer;

  MHD_Connection* const connection_;
  HttpConnection& state_;
  std::atomic<int>& suspended_;
  // Bytes of the body that HttpServer::body_bytes_ includes.
  int64_t body_bytes_ = 0;
  // True once the head of the request has been read.
  bool begun_ = false;
  // True if the body has more bytes than allowed. They are read and dropped.
  std::optional<HttpResponse> response_;
  std::shared_ptr<void> kept_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_HTTP_EXCHANGE_H_
