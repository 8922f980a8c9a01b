// Answers HTTP/1.1 requests, whatever other clients do meanwhile.
#ifndef PORTREG_SERVER_HTTP_SERVER_H_
#define PORTREG_SERVER_HTTP_SERVER_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http_request.h"
#include "server/listener.h"

namespace portreg {

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  // Header fields besides, each a line that ends with CRLF.
  std::string fields = {};
  std::string body = {};
};

// A small HTTP server: one request a connection, without a body. One thread
// serves all connections, none of which waits for another's client, and who
// connects while as many are open as may be takes the place of the oldest.
class HttpServer {
 public:
  // Called on the server's thread.
  using Handler = std::function<HttpResponse(const HttpRequest& request)>;

  // Listens at the address; connections wait until Start. The errors are those
  // of Listener::Open.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::string& address);

  // Serves from now on; once. The answer to HEAD is the one to GET without its
  // body.
  void Start(Handler handler);

  // Ends all connections.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // With the port that the system chose.
  [[nodiscard]] const std::string& address() const { return listener_->addresses().front(); }

 private:
  class Connection;
  using Clock = std::chrono::steady_clock;

  explicit HttpServer(std::unique_ptr<Listener> listener);

  void Run();
  // Adds what the listener has accepted.
  void TakeAccepted();
  // Waits for any connection, or the end of one's time.
  void Wait();
  void Wake() const;

  const std::unique_ptr<Listener> listener_;
  Handler handler_;
  // Readable when something was accepted, or the thread is to end.
  const int wake_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<int> accepted_;
  // The thread's own.
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_HTTP_SERVER_H_
