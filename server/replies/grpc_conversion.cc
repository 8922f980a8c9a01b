#include "server/replies/grpc_conversion.h"

#include <string>

#include "common/answers/errors.h"
#include "common/answers/requests.h"

namespace portreg::server {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          DetailsBytes(status)};
}

absl::Status TakeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  grpc::Slice slice;
  // An empty buffer, which has no slice, is a message without fields.
  const bool read = bytes.Length() == 0 || bytes.TrySingleSlice(&slice).ok() ||
                    bytes.DumpToSingleSlice(&slice).ok();
  if (!read) return absl::InternalError("request bytes cannot be read");
  // Frees the content, because gRPC would keep it, uncounted, until the call is over:
  // half an hour for a Watch. The buffer itself is not const: gRPC created it.
  const_cast<grpc::ByteBuffer&>(bytes).Clear();
  return ParseRequest({reinterpret_cast<const char*>(slice.begin()), slice.size()}, request);
}

grpc::Slice ToSlice(std::string bytes) {
  auto* const owned = new std::string(std::move(bytes));
  return {owned->data(), owned->size(), [](void* text) { delete static_cast<std::string*>(text); },
          owned};
}

void Put(absl::Span<const grpc::Slice> slices, grpc::ByteBuffer& message) {
  grpc::ByteBuffer(slices.data(), slices.size()).Swap(&message);
}

gpr_timespec After(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const timespec length = absl::ToTimespec(duration);
  return {length.tv_sec, static_cast<int32_t>(length.tv_nsec), GPR_TIMESPAN};
}

}  // namespace portreg::server
