#include "server/wire.h"

#include <string>

#include "server/request.h"
#include "server/status.h"

namespace portreg {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          DetailsBytes(status)};
}

absl::Status TakeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  grpc::Slice slice;
  // An empty buffer has no slices at all; it is the message without fields.
  const bool read = bytes.Length() == 0 || bytes.TrySingleSlice(&slice).ok() ||
                    bytes.DumpToSingleSlice(&slice).ok();
  if (!read) return absl::InternalError("request bytes cannot be read");
  // gRPC made the buffer, and would keep it until the call is over: for a Watch
  // half an hour, counted by nobody.
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

}  // namespace portreg
