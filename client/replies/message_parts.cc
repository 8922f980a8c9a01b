#include "client/replies/message_parts.h"

#include <cstdint>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "grpcpp/support/proto_buffer_reader.h"

namespace portreg::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// Subtracts the number of messages within the next message from `left`. Returns false
// if bytes are malformed, or if `left` would be negative.
bool CountParts(google::protobuf::io::CodedInputStream& in, const Descriptor& type, size_t& left) {
  while (const uint32_t tag = in.ReadTag()) {
    const FieldDescriptor* const field =
        type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool is_message =
        field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!is_message) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    if (left == 0) return false;
    --left;
    const auto limit = in.ReadLengthAndPushLimit();
    if (!CountParts(in, *field->message_type(), left) || !in.ConsumedEntireMessage()) return false;
    in.PopLimit(limit);
  }
  return true;
}

}  // namespace

bool HasTooManyParts(const grpc::ByteBuffer& bytes, const Descriptor& type) {
  // An empty message takes two bytes, its tag and its length.
  if (bytes.Length() / 2 <= kMaxMessageParts) return false;
  // The reader needs a buffer that is not const. The copy shares the bytes.
  grpc::ByteBuffer view(bytes);
  grpc::ProtoBufferReader reader(&view);
  if (!reader.status().ok()) return false;
  google::protobuf::io::CodedInputStream in(&reader);
  size_t left = kMaxMessageParts;
  return !CountParts(in, type, left) && left == 0;
}

}  // namespace portreg::internal
