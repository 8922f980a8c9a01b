// Logs a share of the calls.
#ifndef PORTREG_SERVER_PROCESS_ACCESS_LOG_H_
#define PORTREG_SERVER_PROCESS_ACCESS_LOG_H_

#include "server/service/service_options.h"

namespace portreg::server {

// Logs a random share of all calls: method, code, duration, peer, and x-request-id
// and traceparent (W3C Trace Context) if the caller sent them. A call by the web door has
// the field door=web. Thread-safe.
class AccessLog final : public CallObserver {
 public:
  // Logs each call with probability `share`, 0 to 1.
  explicit AccessLog(double share) : share_(share) {}

  void OnHandled(const grpc::CallbackServerContext& context, Method method, grpc::StatusCode code,
                 std::chrono::nanoseconds taken) override;
  void OnWebHandled(const WebClient& client, Method method, grpc::StatusCode code,
                    std::chrono::nanoseconds taken) override;

 private:
  // Returns true for a random share of the calls.
  [[nodiscard]] bool Draws() const;

  const double share_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_ACCESS_LOG_H_
