// Bounds the memory of a parsed reply.
#ifndef PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_
#define PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_

#include <cstddef>

#include "google/protobuf/descriptor.h"
#include "grpcpp/support/byte_buffer.h"

namespace portreg::internal {

// The most messages within a message that is parsed. About as many of the shortest records fit
// into 4 MiB, the most that gRPC receives by default. The limit is needed because an empty message
// has two bytes in a reply, but a hundred times as many in memory.
inline constexpr size_t kMaxMessageParts = 150'000;

// Returns true if `bytes`, a message of type `type`, contain more messages than that.
// Returns false for malformed bytes, which the parser refuses.
bool HasTooManyParts(const grpc::ByteBuffer& bytes, const google::protobuf::Descriptor& type);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_
