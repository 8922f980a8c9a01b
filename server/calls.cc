#include "server/calls.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/status.h"
#include "server/wire.h"

namespace portreg {
namespace {

absl::Status Stopping() {
  return ErrorFor(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING,
                  "the server is about to stop, ask another replica");
}

}  // namespace

absl::Status Calls::Admit(const grpc::CallbackServerContext& context) {
  if (stopping_.load(std::memory_order_relaxed)) return Stopping();
  if (in_flight() > options_.max_calls) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return ErrorFor(
        absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
        absl::StrCat(options_.max_calls, " calls are under way, as many as the server allows"));
  }
  if (options_.admit) return options_.admit(*context.auth_context());
  return absl::OkStatus();
}

void Calls::Stop() {
  std::vector<std::shared_ptr<EndableStream>> to_end;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [stream, weak] : streams_) {
      if (std::shared_ptr<EndableStream> alive = weak.lock(); alive != nullptr) {
        to_end.push_back(std::move(alive));
      }
    }
  }
  const grpc::Status status = ToGrpcStatus(Stopping());
  for (const std::shared_ptr<EndableStream>& stream : to_end) stream->End(status);
}

void Calls::Add(const std::shared_ptr<EndableStream>& stream) {
  {
    const std::lock_guard lock(mutex_);
    streams_.emplace(stream.get(), stream);
    if (!stopping_) return;
  }
  stream->End(ToGrpcStatus(Stopping()));
}

void Calls::Remove(EndableStream& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(&stream);
}

}  // namespace portreg
