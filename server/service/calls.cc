#include "server/service/calls.h"

#include <atomic>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/answers/errors.h"
#include "common/system/monotonic_time.h"
#include "common/text/field_size.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {
namespace {

absl::Status Stopping() {
  return ErrorFor(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING,
                  "the server is about to stop, ask another replica");
}

// Returns the size of all metadata of a call.
size_t MetadataBytes(const grpc::CallbackServerContext& context) {
  size_t bytes = 0;
  for (const auto& [name, value] : context.client_metadata()) {
    bytes += FieldSize({name.data(), name.size()}, {value.data(), value.size()});
  }
  return bytes;
}

// Checks the limit, because gRPC enforces it only for clients that have acknowledged it.
absl::Status CheckMetadata(size_t bytes, int most) {
  if (bytes <= static_cast<size_t>(most)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the call's metadata have ", bytes, " bytes, at most ", most, " are allowed"));
}

// Waits until `count` returns 0. Returns false if that takes longer than `longest`.
bool AwaitZero(absl::FunctionRef<int64_t()> count, absl::Duration longest) {
  const MonotonicTime deadline = MonotonicTime::Now() + longest;
  while (count() > 0) {
    if (MonotonicTime::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace

absl::Status Calls::AdmitWithin(size_t metadata_bytes) {
  if (stopping_.load(std::memory_order_relaxed)) return Stopping();
  absl::Status status = CheckMetadata(metadata_bytes, options_.max_metadata_bytes);
  if (!status.ok()) return status;
  if (in_flight() > options_.max_calls) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return ErrorFor(
        absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
        absl::StrCat(options_.max_calls, " calls are under way, as many as the server allows"));
  }
  return absl::OkStatus();
}

absl::Status Calls::Admit(const grpc::CallbackServerContext& context) {
  absl::Status status = AdmitWithin(MetadataBytes(context));
  if (!status.ok() || !options_.admit) return status;
  return options_.admit(*context.auth_context());
}

absl::Status Calls::StatusOf(WorkerPool::Refusal refusal) const {
  if (refusal == WorkerPool::Refusal::kStopped) return Stopping();
  return ErrorFor(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
                  absl::StrCat(options_.max_queued_calls,
                               " calls wait for a worker, as many as the server allows"));
}

void Calls::Stop() {
  stopping_ = true;
  workers_.Stop();
  streams_.EndAll(ToGrpcStatus(Stopping()));
}

bool Calls::AwaitNone(absl::Duration longest) const {
  return AwaitZero([this] { return in_flight(); }, longest);
}

bool Calls::AwaitNoneByGrpc(absl::Duration longest) const {
  return AwaitZero([this] { return by_grpc_.load(std::memory_order_relaxed); }, longest);
}

}  // namespace portreg::server
