// Options of the service, and the interface of an observer of its calls.
#ifndef PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_
#define PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/service/method.h"

namespace portreg::server {

// The client of a call at the web door, as logs name it.
class WebClient {
 public:
  // Returns the address, such as "ipv4:127.0.0.1:50000".
  [[nodiscard]] virtual std::string Peer() const = 0;
  // Returns the value of a header field, or an empty text if the client has not sent it.
  [[nodiscard]] virtual std::string Sent(const char* field) const = 0;

 protected:
  ~WebClient() = default;
};

// Is notified of the end of each call, for example to write an access log. Must be
// thread-safe.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnHandled(const grpc::CallbackServerContext& context, Method method,
                         grpc::StatusCode code, std::chrono::nanoseconds taken) = 0;
  // Does for a call by the web door what OnHandled does for one by gRPC.
  virtual void OnWebHandled(const WebClient& /*client*/, Method /*method*/,
                            grpc::StatusCode /*code*/, std::chrono::nanoseconds /*taken*/) {}
};

// Limits of the service's calls, and which clients may call.
struct ServiceOptions {
  // Calls that may be under way at once, including streams. Further ones get
  // RESOURCE_EXHAUSTED. Protects memory. Default: 10,000.
  int64_t max_calls = 10'000;
  // Bytes of unread replies that were each made for one call. Protects memory
  // against clients that ask and never read. Default: 256 MiB.
  int64_t max_unread_bytes = int64_t{256} << 20;
  // Calls that may wait for a worker at once: searches, checks, suggestions, listings that are
  // not stored, and unary calls with a request of more than kQuickRequestBytes. If there is one
  // more, the newest call of the connection with the most waiting calls gets RESOURCE_EXHAUSTED.
  // Protects memory. Should be below `max_calls`, so that waiting calls leave room for others.
  // Default: 5,000.
  int64_t max_queued_calls = 5'000;
  // Bytes of metadata that a call may have: names, values, and 32 bytes for each
  // entry (RFC 9113, section 6.5.2). Protects memory. Default: 8 KiB.
  int max_metadata_bytes = 8 << 10;
  // How long a Watch lasts at most. Default: 30 minutes.
  absl::Duration max_watch = absl::Minutes(30);
  // Returns OK if the client of a connection may call, otherwise the status for
  // that client. Must be thread-safe. Default: empty, every client may call.
  std::function<absl::Status(const grpc::AuthContext&)> admit;
  // Notified of the end of each call. Must outlive the service. Default: nullptr.
  CallObserver* observer = nullptr;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_
