#include "server/process/access_log.h"

#include <string>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "server/process/log.h"
#include "server/service/correlation.h"

namespace portreg::server {
namespace {

// Returns the metadata of that name. Returns an empty text if there is none.
std::string Sent(const grpc::CallbackServerContext& context, const char* name) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(name);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

}  // namespace

bool AccessLog::Draws() const {
  thread_local absl::InsecureBitGen random;
  return absl::Bernoulli(random, share_);
}

void AccessLog::OnHandled(const grpc::CallbackServerContext& context, Method method,
                          grpc::StatusCode code, std::chrono::nanoseconds taken) {
  if (!Draws()) return;
  Log(Severity::kInfo, "call",
      {{"method", std::string(InfoOf(method).name)},
       {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))},
       {"seconds", std::chrono::duration<double>(taken).count()},
       {"peer", context.peer()},
       {"request_id", Sent(context, kRequestIdHeader)},
       {"traceparent", Sent(context, kTraceHeader)}});
}

void AccessLog::OnWebHandled(const WebClient& client, Method method, grpc::StatusCode code,
                             std::chrono::nanoseconds taken) {
  if (!Draws()) return;
  Log(Severity::kInfo, "call",
      {{"method", std::string(InfoOf(method).name)},
       {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))},
       {"seconds", std::chrono::duration<double>(taken).count()},
       {"peer", client.Peer()},
       {"request_id", client.Sent(kRequestIdHeader)},
       {"traceparent", client.Sent(kTraceHeader)},
       {"door", "web"}});
}

}  // namespace portreg::server
