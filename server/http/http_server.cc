#include "server/http/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/http/request_rules.h"

namespace portreg::server {
namespace {

// Memory that libmicrohttpd has for each connection. It holds the head of a request, and later
// the head of the response. A request with a larger head gets 431.
constexpr size_t kPoolBytes = 32 << 10;
// Bytes that a stream writes at a time.
constexpr size_t kStreamPartBytes = 16 << 10;

// Returns the peer's address in the form that gRPC uses.
std::string PeerName(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address != nullptr && address->sa_family == AF_INET) {
    const auto& ip = *reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &ip.sin_addr, text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(ip.sin_port));
  }
  if (address != nullptr && address->sa_family == AF_INET6) {
    const auto& ip = *reinterpret_cast<const sockaddr_in6*>(address);
    if (IN6_IS_ADDR_V4MAPPED(&ip.sin6_addr)) {
      inet_ntop(AF_INET, &ip.sin6_addr.s6_addr[12], text, sizeof(text));
      return absl::StrCat("ipv4:", text, ":", ntohs(ip.sin6_port));
    }
    inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof(text));
    return absl::StrCat("ipv6:%5B", text, "%5D:", ntohs(ip.sin6_port));
  }
  return "unix:";
}

gnutls_session_int* SessionOf(MHD_Connection* connection) {
  const MHD_ConnectionInfo* const info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info == nullptr ? nullptr : static_cast<gnutls_session_int*>(info->tls_session);
}

HttpConnection& StateOf(MHD_Connection* connection) {
  return *static_cast<HttpConnection*>(
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context);
}

}  // namespace

struct HttpServer::Callbacks {
  static void OnConnection(void* self, MHD_Connection* connection, void** state,
                           MHD_ConnectionNotificationCode what) {
    auto& server = *static_cast<HttpServer*>(self);
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
      auto* const closed = static_cast<HttpConnection*>(*state);
      server.deadlines_.Remove(*closed);
      delete closed;
      return;
    }
    auto* const opened = new HttpConnection();
    *state = opened;
    opened->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    opened->peer = PeerName(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    if (server.options_.credentials) {
      absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> credentials =
          server.options_.credentials();
      if (credentials.ok()) {
        opened->credentials = *std::move(credentials);
        opened->credentials->UseFor(SessionOf(connection));
      } else {
        shutdown(opened->fd, SHUT_RDWR);
      }
    }
    server.deadlines_.Add(*opened);
  }

  // Called when the first line of a request has come.
  static void* OnTarget(void* self, const char* target, MHD_Connection* connection) {
    auto& server = *static_cast<HttpServer*>(self);
    HttpConnection& state = StateOf(connection);
    server.deadlines_.Receiving(state);
    return new HttpExchange(connection, state, server.suspended_, OriginForm(target));
  }

  // Called when the head of a request is complete, for each part of its body, at its end,
  // and after Resume.
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char* /*url*/,
                              const char* method, const char* version, const char* data,
                              size_t* size, void** state) {
    auto& server = *static_cast<HttpServer*>(self);
    auto& exchange = *static_cast<HttpExchange*>(*state);
    if (!exchange.begun_) {
      exchange.begun_ = true;
      MHD_get_connection_values(connection, MHD_HEADER_KIND, &AddField, &exchange.request.fields);
      exchange.request.version = version;
      server.Begin(exchange, method);
      return exchange.answered() ? Respond(server, exchange) : MHD_YES;
    }
    if (*size > 0) {
      server.AddToBody(exchange, {data, *size});
      *size = 0;
      return MHD_YES;
    }
    if (!exchange.answered()) server.Finish(exchange);
    // If the handler has not answered, it has suspended the exchange.
    return exchange.answered() ? Respond(server, exchange) : MHD_YES;
  }

  static MHD_Result AddField(void* fields, MHD_ValueKind /*kind*/, const char* name,
                             const char* value) {
    static_cast<HttpFields*>(fields)->emplace_back(name, value == nullptr ? "" : value);
    return MHD_YES;
  }

  static void OnCompleted(void* self, MHD_Connection* /*connection*/, void** state,
                          MHD_RequestTerminationCode /*why*/) {
    auto& server = *static_cast<HttpServer*>(self);
    auto* const exchange = static_cast<HttpExchange*>(*state);
    if (exchange == nullptr) return;
    server.deadlines_.Idle(exchange->state_);
    server.body_bytes_ -= exchange->body_bytes_;
    delete exchange;
    *state = nullptr;
  }

  static MHD_Result Respond(const HttpServer& server, HttpExchange& exchange) {
    server.deadlines_.Answering(exchange.state_);
    HttpResponse answer = *std::move(exchange.response_);
    if (server.options_.finish) server.options_.finish(exchange.request, answer);
    MHD_Response* const response = Make(exchange, answer);
    if (response == nullptr) return MHD_NO;
    if (!answer.content_type.empty()) {
      MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type.c_str());
    }
    for (const auto& [name, value] : answer.fields) {
      MHD_add_response_header(response, name.c_str(), value.c_str());
    }
    if (server.stopping_ || MonotonicTime::Now() >= exchange.state_.last_response) {
      MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    const MHD_Result queued = MHD_queue_response(
        exchange.connection_, static_cast<unsigned int>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
  }

  // Holds a stream and the exchange that it answers.
  struct Streaming {
    std::shared_ptr<HttpStream> stream;
    HttpExchange& exchange;
  };

  // Makes the response to HEAD if a stream would answer GET. The header has no length, because
  // nobody knows it.
  static MHD_Response* MakeHeadOfStream() {
#if MHD_VERSION >= 0x00097701
    MHD_Response* const response =
        MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
    constexpr MHD_ResponseFlags kFlags = MHD_RF_HEAD_ONLY_RESPONSE;
#else
    // Without these flags, libmicrohttpd 0.9.75 would write the last chunk of a body, which the
    // client would take for its next response (RFC 9112, section 6.3). With them it writes no
    // chunk, but closes the connection.
    MHD_Response* const response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, kStreamPartBytes, &ReadNothing, nullptr, nullptr);
    constexpr MHD_ResponseFlags kFlags = MHD_RF_HTTP_1_0_COMPATIBLE_STRICT;
#endif
    if (response != nullptr) MHD_set_response_options(response, kFlags, MHD_RO_END);
    return response;
  }

#if MHD_VERSION < 0x00097701
  static ssize_t ReadNothing(void* /*data*/, uint64_t /*position*/, char* /*to*/, size_t /*room*/) {
    return MHD_CONTENT_READER_END_OF_STREAM;
  }
#endif

  static MHD_Response* Make(HttpExchange& exchange, const HttpResponse& answer) {
    if (answer.stream != nullptr && exchange.request.method == MHD_HTTP_METHOD_HEAD) {
      return MakeHeadOfStream();
    }
    if (answer.stream != nullptr) {
      auto streaming = std::make_unique<Streaming>(Streaming{answer.stream, exchange});
      MHD_Response* const response = MHD_create_response_from_callback(
          MHD_SIZE_UNKNOWN, kStreamPartBytes, &ReadStream, streaming.get(), &EndStream);
      if (response != nullptr) (void)streaming.release();
      return response;
    }
    auto bytes = std::make_unique<HttpBytes>(answer.body);
    MHD_Response* const response = MHD_create_response_from_buffer_with_free_callback_cls(
        bytes->text.size(), const_cast<char*>(bytes->text.data()), &FreeBytes, bytes.get());
    if (response != nullptr) (void)bytes.release();
    return response;
  }

  static void FreeBytes(void* bytes) { delete static_cast<HttpBytes*>(bytes); }

  static ssize_t ReadStream(void* data, uint64_t /*position*/, char* to, size_t room) {
    auto& streaming = *static_cast<Streaming*>(data);
    size_t written = 0;
    switch (streaming.stream->Read(streaming.exchange, to, room, written)) {
      case HttpStream::State::kBytes:
        return static_cast<ssize_t>(written);
      case HttpStream::State::kWait:
        return 0;
      case HttpStream::State::kEnd:
        return MHD_CONTENT_READER_END_OF_STREAM;
      case HttpStream::State::kFailed:
        break;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }

  static void EndStream(void* data) { delete static_cast<Streaming*>(data); }
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(HttpServerOptions options) {
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Open(options.listen, options.connections, options.user_timeout);
  if (!listener.ok()) return listener.status();
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(options), *std::move(listener)));
  if (absl::Status status = server->StartDaemon(); !status.ok()) return status;
  return server;
}

absl::Status HttpServer::StartDaemon() {
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD |
                   MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
  std::vector<MHD_OptionItem> tls;
  std::shared_ptr<const GnuTlsCredentials> credentials;
  if (options_.credentials) {
    absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> first = options_.credentials();
    if (!first.ok()) return first.status();
    credentials = *std::move(first);
    flags |= MHD_USE_TLS;
    // libmicrohttpd does not start without credentials. OnConnection replaces them.
    tls = {{MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(credentials->chain_pem().c_str())},
           {MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(credentials->key_pem().c_str())},
           {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(GnuTlsCredentials::Priorities())}};
  }
  tls.push_back({MHD_OPTION_END, 0, nullptr});
  // Allows libmicrohttpd twice the limit, because it closes an evicted connection only after
  // another one has taken its place.
  const auto most = static_cast<unsigned>(std::min(options_.connections.total, 1 << 30)) * 2;
  daemon_ = MHD_start_daemon(flags, /*port=*/0, nullptr, nullptr, &Callbacks::OnRequest, this,  //
                             MHD_OPTION_CONNECTION_LIMIT, most,                                 //
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, kPoolBytes,                    //
                             MHD_OPTION_STRICT_FOR_CLIENT, 1,                                   //
                             MHD_OPTION_NOTIFY_CONNECTION, &Callbacks::OnConnection, this,      //
                             MHD_OPTION_NOTIFY_COMPLETED, &Callbacks::OnCompleted, this,        //
                             MHD_OPTION_URI_LOG_CALLBACK, &Callbacks::OnTarget, this,           //
                             MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
  if (daemon_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot serve HTTP on ", addresses().front(), ": ", std::strerror(errno)));
}

void HttpServer::Start(Handler handler) {
  handler_ = std::move(handler);
  listener_->Start([this](int fd, int /*listener_fd*/) { Adopt(fd); });
}

void HttpServer::StopListening() {
  stopping_ = true;
  listener_->Stop();
}

void HttpServer::Adopt(int fd) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  // An error means that the peer has already closed the connection. libmicrohttpd will notice
  // that.
  getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
  // Closes the connection on failure.
  MHD_add_connection(daemon_, fd, reinterpret_cast<const sockaddr*>(&peer), size);
}

void HttpServer::Begin(HttpExchange& exchange, absl::string_view method) {
  HttpRequest& request = exchange.request;
  request.method = std::string(method);
  deadlines_.Receiving(exchange.state_);
  if (exchange.state_.credentials != nullptr && exchange.state_.credentials->asks_clients() &&
      !exchange.state_.client) {
    exchange.state_.client = exchange.state_.credentials->ClientOf(SessionOf(exchange.connection_));
  }
  if (const std::optional<HttpFault> fault = FindFault(request)) {
    Refuse(exchange, fault->status, fault->message);
  } else if (FieldBytes(request.fields) > options_.max_field_bytes) {
    Refuse(exchange, 431,
           absl::StrCat("the header fields have ", FieldBytes(request.fields), " bytes, at most ",
                        options_.max_field_bytes, " are allowed"));
  } else if (options_.max_body_bytes > 0 && AnnouncedLength(request) > options_.max_body_bytes) {
    Refuse(exchange, 413,
           absl::StrCat("the request has ", AnnouncedLength(request), " bytes, at most ",
                        options_.max_body_bytes, " are allowed"));
  }
}

void HttpServer::AddToBody(HttpExchange& exchange, absl::string_view part) {
  // Reads and drops these bytes. If the server closed the connection while the client still
  // sends, the client could lose the answer (RFC 9112, section 9.6).
  if (options_.max_body_bytes == 0 || exchange.answered()) return;
  std::string& body = exchange.request.body;
  const auto bytes = static_cast<int64_t>(part.size());
  if (body.size() + part.size() > options_.max_body_bytes) {
    Refuse(exchange, 413,
           absl::StrCat("the request has more than ", options_.max_body_bytes,
                        " bytes, as many as are allowed"));
  } else if (body_bytes_ + bytes > options_.max_all_body_bytes) {
    Refuse(exchange, 429, "clients send more bytes at once than the server allows");
  } else {
    body_bytes_ += bytes;
    exchange.body_bytes_ += bytes;
    body.append(part.data(), part.size());
    return;
  }
  body_bytes_ -= std::exchange(exchange.body_bytes_, 0);
  std::string().swap(body);
}

void HttpServer::Finish(HttpExchange& exchange) {
  deadlines_.Answering(exchange.state_);
  handler_(exchange);
}

void HttpServer::Refuse(HttpExchange& exchange, int status, absl::string_view message) const {
  HttpResponse response = options_.refuse
                              ? options_.refuse(status, message)
                              : HttpResponse{.status = status, .body = absl::StrCat(message, "\n")};
  response.fields.emplace_back("Connection", "close");
  exchange.Answer(std::move(response));
}

void HttpServer::Stop() {
  StopListening();
  // libmicrohttpd cannot end suspended connections.
  while (suspended_ > 0) absl::SleepFor(absl::Milliseconds(1));
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  daemon_ = nullptr;
}

HttpServer::~HttpServer() { Stop(); }

}  // namespace portreg::server
