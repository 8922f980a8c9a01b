#include "server/metrics/http_server.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace portreg::server {
namespace {

constexpr ConnectionLimits kHttpLimits = {
    .total = 64, .per_peer = 0, .when_full = WhenFull::kEvictOldest};
// Twice the limit, because an evicted connection is closed only after another one has
// taken its place.
constexpr unsigned int kMaxHttpConnections = 2 * 64;
// Also bounds the head of a request: a larger one gets 431.
constexpr size_t kHttpConnectionBytes = 32 << 10;
constexpr unsigned int kHttpIdleSeconds = 10;
constexpr absl::Duration kHttpUserTimeout = absl::Seconds(20);

}  // namespace

struct HttpServer::Callbacks {
  // Called when the head of a request is complete, for each part of its body,
  // and at its end. `state` is null in the first call of a request.
  static MHD_Result OnRequest(void* server, MHD_Connection* connection, const char* url,
                              const char* method, const char* /*version*/,
                              const char* /*upload_data*/, size_t* upload_data_size, void** state) {
    static char begun;
    if (*state == nullptr) {
      *state = &begun;
      return MHD_YES;
    }
    if (*upload_data_size > 0) {
      // Reads the body although it is ignored, because the client could lose the answer
      // if the connection were closed before (RFC 9112, section 9.6).
      *upload_data_size = 0;
      return MHD_YES;
    }
    return Respond(connection, static_cast<HttpServer*>(server)->handler_({method, url}));
  }

  static MHD_Result Respond(MHD_Connection* connection, HttpResponse answer) {
    MHD_Response* const response = MHD_create_response_from_buffer(
        answer.body.size(), answer.body.data(), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type.c_str());
    for (const auto& [name, value] : answer.fields) {
      MHD_add_response_header(response, name.c_str(), value.c_str());
    }
    const MHD_Result queued =
        MHD_queue_response(connection, static_cast<unsigned int>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
  }
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const std::string& address) {
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Open({address}, kHttpLimits, kHttpUserTimeout);
  if (!listener.ok()) return listener.status();
  std::unique_ptr<HttpServer> server(new HttpServer(*std::move(listener)));
  server->daemon_ = MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC,
      /*port=*/0, nullptr, nullptr, &Callbacks::OnRequest, server.get(),
      MHD_OPTION_CONNECTION_LIMIT, kMaxHttpConnections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      kHttpConnectionBytes, MHD_OPTION_CONNECTION_TIMEOUT, kHttpIdleSeconds, MHD_OPTION_END);
  if (server->daemon_ == nullptr) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve HTTP on ", server->address(), ": ", std::strerror(errno)));
  }
  return server;
}

void HttpServer::Start(Handler handler) {
  handler_ = std::move(handler);
  listener_->Start([this](int fd, int /*listener_fd*/) { Adopt(fd); });
}

void HttpServer::Adopt(int fd) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  // Ignores an error: the peer has already closed, which libmicrohttpd will notice.
  getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
  // Closes the connection on failure.
  MHD_add_connection(daemon_, fd, reinterpret_cast<const sockaddr*>(&peer), size);
}

HttpServer::~HttpServer() {
  listener_->Stop();
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

}  // namespace portreg::server
