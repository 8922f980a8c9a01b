// Parses a reply when gRPC receives it.
#ifndef PORTREG_CLIENT_REPLIES_RECEIVED_H_
#define PORTREG_CLIENT_REPLIES_RECEIVED_H_

#include "client/replies/message_parts.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// Receives a message from gRPC, and records whether it could be parsed. Always reports success to
// gRPC 1.51, because it would report a failure as OK to callbacks, as UNIMPLEMENTED to blocking
// calls, and as the end of a stream.
template <typename Message>
struct Received {
  enum class State { kNothing, kParsed, kMalformed };

  // Must outlive the call.
  Message* message = nullptr;
  State state = State::kNothing;
};

}  // namespace portreg::internal

namespace grpc {

template <typename Message>
class SerializationTraits<portreg::internal::Received<Message>, void> {
 public:
  static Status Deserialize(ByteBuffer* bytes, portreg::internal::Received<Message>* received) {
    using State = typename portreg::internal::Received<Message>::State;
    const bool parsed = !portreg::internal::HasTooManyParts(*bytes, *Message::descriptor()) &&
                        SerializationTraits<Message>::Deserialize(bytes, received->message).ok();
    received->state = parsed ? State::kParsed : State::kMalformed;
    return Status::OK;
  }
};

}  // namespace grpc

#endif  // PORTREG_CLIENT_REPLIES_RECEIVED_H_
