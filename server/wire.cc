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

absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  grpc::Slice slice;
  // An empty buffer has no slices at all; it is the message without fields.
  const bool read = bytes.Length() == 0 || bytes.TrySingleSlice(&slice).ok() ||
                    bytes.DumpToSingleSlice(&slice).ok();
  if (!read) return absl::InternalError("request bytes cannot be read");
  return ParseRequest({reinterpret_cast<const char*>(slice.begin()), slice.size()}, request);
}

}  // namespace portreg
