// Bounds what a reply takes in memory once it is parsed.
#ifndef PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_
#define PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_

#include <cstddef>

#include "google/protobuf/descriptor.h"
#include "grpcpp/support/byte_buffer.h"

namespace portreg::internal {

// The most messages within a message that are parsed. A reply of 4 MiB, the most
// that gRPC receives by default, has room for about as many of the shortest
// records; an empty message takes two bytes of it, and a hundred times that in
// memory.
inline constexpr size_t kMaxMessageParts = 150'000;

// Returns true if `bytes`, a message of type `type`, hold more messages than
// that. Bytes that are no such message are left to the parser: false.
bool HasTooManyParts(const grpc::ByteBuffer& bytes, const google::protobuf::Descriptor& type);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_REPLIES_MESSAGE_PARTS_H_
