// What a service is told by whoever runs it.
#ifndef PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_
#define PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "server/service/method.h"

namespace portreg::server {

// Told of the end of each call, for an access log. From several threads at once.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnHandled(const grpc::CallbackServerContext& context, Method method,
                         grpc::StatusCode code, std::chrono::nanoseconds taken) = 0;
};

// How much the calls of a service may take, and who may make them.
struct ServiceOptions {
  // Calls under way at once, streams among them; further ones are refused with
  // RESOURCE_EXHAUSTED. Protects memory. Default: 10,000.
  int64_t max_calls = 10'000;
  // Bytes of replies that were made for one call each and are not yet read.
  // Protects memory against clients that ask and never read. Default: 256 MiB.
  int64_t max_unread_bytes = int64_t{256} << 20;
  // Calls that wait for a worker at once: searches, listings that are not stored,
  // and unary calls with a request of more than kQuickRequestBytes. Further ones, or those of a
  // connection that has more of them waiting, are refused with
  // RESOURCE_EXHAUSTED. Protects memory. Below `max_calls`, so that calls which
  // wait leave room for others. Default: 5,000.
  int64_t max_queued_calls = 5'000;
  // The most metadata a call may bring, in bytes, each entry with its name and 32
  // bytes more (RFC 9113, section 6.5.2). Protects memory. Default: 8 KiB.
  int max_metadata_bytes = 8 << 10;
  // When a Watch ends by itself. Default: 30 minutes.
  absl::Duration max_watch = absl::Minutes(30);
  // Says whether the client behind a connection may call; the status is what it
  // gets. Must be callable from several threads at once. Default: none, all may.
  std::function<absl::Status(const grpc::AuthContext&)> admit;
  // Whom to tell of the end of each call; it must outlive the service.
  // Default: nobody.
  CallObserver* observer = nullptr;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_SERVICE_OPTIONS_H_
