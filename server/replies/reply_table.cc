#include "server/replies/reply_table.h"

#include <array>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "grpcpp/impl/grpc_library.h"

namespace portreg::server {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

// Initialises gRPC, because slices may be made before the process has a channel or a
// server.
const grpc::internal::GrpcLibraryInitializer kGrpc;

// Returns tag and length of a message of `size` bytes in a field.
std::string Prefix(int field, size_t size) {
  std::array<uint8_t, 20> prefix;
  uint8_t* end = CodedOutputStream::WriteTagToArray(
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED), prefix.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(size), end);
  return {prefix.begin(), prefix.begin() + (end - prefix.data())};
}

}  // namespace

size_t SizeOfRevision(const Registry& registry) {
  v1::LookupResponse only;
  only.set_revision(registry.revision());
  return only.ByteSizeLong();
}

// Relies on the order of serialised fields: the revision comes last, because it has
// the highest number.
ReplyTable::Place ReplyTable::Append(const v1::LookupResponse& reply, std::string& bytes) const {
  const size_t size = reply.ByteSizeLong() - revision_size_;
  const std::string within_result = Prefix(v1::LookupResult::kResponseFieldNumber, size);
  Place place{.result = static_cast<uint32_t>(bytes.size())};
  bytes += Prefix(v1::BatchLookupResponse::kResultsFieldNumber, within_result.size() + size);
  bytes += within_result;
  place.reply = static_cast<uint32_t>(bytes.size());
  reply.AppendToString(&bytes);
  place.revision = static_cast<uint32_t>(place.reply + size);
  return place;
}

ReplyTable::Place ReplyTable::Append(const v1::ClassifyResponse& reply, std::string& bytes) const {
  const auto begin = static_cast<uint32_t>(bytes.size());
  reply.AppendToString(&bytes);
  return {.result = begin,
          .reply = begin,
          .revision = static_cast<uint32_t>(bytes.size() - revision_size_)};
}

}  // namespace portreg::server
