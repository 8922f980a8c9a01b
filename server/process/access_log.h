// A line of the log for some of the calls.
#ifndef PORTREG_SERVER_PROCESS_ACCESS_LOG_H_
#define PORTREG_SERVER_PROCESS_ACCESS_LOG_H_

#include "server/service/service_options.h"

namespace portreg::server {

// Logs a share of all calls, chosen at random: method, code, time taken, peer,
// and x-request-id and traceparent (W3C Trace Context) if the caller sent them.
class AccessLog final : public CallObserver {
 public:
  // `share` of all calls, 0 to 1.
  explicit AccessLog(double share) : share_(share) {}

  void OnHandled(const grpc::CallbackServerContext& context, Method method, grpc::StatusCode code,
                 std::chrono::nanoseconds taken) override;

 private:
  const double share_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_ACCESS_LOG_H_
