#include "server/http_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace portreg {
namespace {

constexpr ConnectionLimits kHttpLimits = {
    .total = 64, .per_peer = 0, .when_full = WhenFull::kEvictOldest};
// The longest head of a request.
constexpr size_t kMaxHttpHeadBytes = 8 << 10;
// How long a connection may take from the first byte to the last, and how long
// the client then has to end it: closing at once would take an answer back from
// a client that is still sending (RFC 9112, section 9.6).
constexpr std::chrono::seconds kHttpPatience(10);
constexpr std::chrono::seconds kHttpFarewell(1);
constexpr absl::Duration kHttpUserTimeout = absl::Seconds(20);

absl::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "";
  }
}

std::string Encode(const HttpResponse& response, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status),
                      "\r\nContent-Type: ", response.content_type,
                      "\r\nContent-Length: ", response.body.size(), "\r\n", response.fields,
                      "Connection: close\r\n\r\n", with_body ? response.body : std::string());
}

// The answer to what was received; empty while more of it has to come.
std::string Answer(const std::string& received, const HttpServer::Handler& handler) {
  const size_t head_bytes = HttpHeadBytes(received);
  if (head_bytes > kMaxHttpHeadBytes || (head_bytes == 0 && received.size() > kMaxHttpHeadBytes)) {
    return Encode(
        {.status = 431,
         .body = absl::StrCat("a request's head may have ", kMaxHttpHeadBytes, " bytes\n")},
        /*with_body=*/true);
  }
  if (head_bytes == 0) return {};
  const absl::StatusOr<HttpRequest> request =
      ParseHttpHead(absl::string_view(received).substr(0, head_bytes));
  if (!request.ok()) {
    return Encode({.status = 400, .body = absl::StrCat(request.status().message(), "\n")},
                  /*with_body=*/true);
  }
  return Encode(handler(*request), /*with_body=*/request->method != "HEAD");
}

}  // namespace

// A connection: receives a request, sends the answer, and waits for the client's
// end.
class HttpServer::Connection {
 public:
  explicit Connection(int fd) : fd_(fd), end_(Clock::now() + kHttpPatience) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(fd_); }

  [[nodiscard]] pollfd awaited() const {
    const bool sending = sent_ < reply_.size();
    return {fd_, static_cast<short>(sending ? POLLOUT : POLLIN), 0};
  }
  [[nodiscard]] Clock::time_point end() const { return end_; }

  // Goes on as far as it can without waiting. Returns whether the connection is
  // to stay.
  bool Advance(const Handler& handler) {
    if (Clock::now() >= end_) return false;
    while (reply_.empty()) {
      if (const Outcome outcome = Receive(); outcome != Outcome::kDone) return Stays(outcome);
      reply_ = Answer(received_, handler);
    }
    while (sent_ < reply_.size()) {
      if (const Outcome outcome = Send(); outcome != Outcome::kDone) return Stays(outcome);
    }
    // What else the client sends is read and dropped, a piece at a time so that
    // others have their turn.
    received_.clear();
    return Stays(Receive());
  }

 private:
  enum class Outcome { kDone, kWait, kOver };

  static bool Stays(Outcome outcome) { return outcome != Outcome::kOver; }

  static Outcome OutcomeOf(ssize_t bytes) {
    if (bytes > 0) return Outcome::kDone;
    const bool wait = bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return wait ? Outcome::kWait : Outcome::kOver;
  }

  Outcome Receive() {
    char bytes[4096];
    const ssize_t count = recv(fd_, bytes, sizeof(bytes), 0);
    const Outcome outcome = OutcomeOf(count);
    if (outcome == Outcome::kDone) received_.append(bytes, static_cast<size_t>(count));
    return outcome;
  }

  Outcome Send() {
    const ssize_t count =
        send(fd_, reply_.data() + sent_, reply_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    const Outcome outcome = OutcomeOf(count);
    if (outcome != Outcome::kDone) return outcome;
    sent_ += static_cast<size_t>(count);
    if (sent_ == reply_.size()) {
      shutdown(fd_, SHUT_WR);
      end_ = std::min(end_, Clock::now() + kHttpFarewell);
    }
    return outcome;
  }

  const int fd_;
  // When the connection is ended in any case.
  Clock::time_point end_;
  std::string received_;
  // Empty until the request is there.
  std::string reply_;
  size_t sent_ = 0;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const std::string& address) {
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Open({address}, kHttpLimits, kHttpUserTimeout);
  if (!listener.ok()) return listener.status();
  std::unique_ptr<HttpServer> server(new HttpServer(*std::move(listener)));
  if (server->wake_ < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", server->address(), ": ", std::strerror(errno)));
  }
  return server;
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener)
    : listener_(std::move(listener)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void HttpServer::Start(Handler handler) {
  handler_ = std::move(handler);
  thread_ = std::thread([this] { Run(); });
  listener_->Start([this](int fd, int /*listener_fd*/) {
    const std::lock_guard lock(mutex_);
    accepted_.push_back(fd);
    Wake();
  });
}

HttpServer::~HttpServer() {
  listener_->Stop();
  stopping_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
  for (const int fd : accepted_) close(fd);
  if (wake_ >= 0) close(wake_);
}

void HttpServer::Wake() const {
  const uint64_t one = 1;
  while (write(wake_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void HttpServer::Run() {
  while (!stopping_) {
    Wait();
    TakeAccepted();
    connections_.remove_if(
        [this](Connection& connection) { return !connection.Advance(handler_); });
  }
  connections_.clear();
}

void HttpServer::Wait() {
  std::vector<pollfd> awaited = {{wake_, POLLIN, 0}};
  Clock::time_point end = Clock::time_point::max();
  for (const Connection& connection : connections_) {
    awaited.push_back(connection.awaited());
    end = std::min(end, connection.end());
  }
  int milliseconds = -1;
  if (!connections_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    milliseconds = static_cast<int>(std::max<int64_t>(left.count(), 0));
  }
  poll(awaited.data(), awaited.size(), milliseconds);
  uint64_t count = 0;
  (void)!read(wake_, &count, sizeof(count));
}

void HttpServer::TakeAccepted() {
  const std::lock_guard lock(mutex_);
  for (const int fd : std::exchange(accepted_, {})) connections_.emplace_back(fd);
}

}  // namespace portreg
