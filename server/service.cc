#include "server/service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "server/batch_reply.h"
#include "server/correlation.h"
#include "server/handlers.h"
#include "server/request.h"
#include "server/status.h"
#include "server/stored_listing.h"
#include "server/stored_replies.h"

namespace portreg {
namespace {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          DetailsBytes(status)};
}

absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  grpc::Slice slice;
  // An empty buffer has no slices at all; it is the message without fields.
  const bool read = bytes.Length() == 0 || bytes.TrySingleSlice(&slice).ok() ||
                    bytes.DumpToSingleSlice(&slice).ok();
  if (!read) return absl::InternalError("request bytes cannot be read");
  return ParseRequest({reinterpret_cast<const char*>(slice.begin()), slice.size()}, request);
}

template <typename Response>
absl::StatusOr<grpc::Slice> Serialize(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return ToSlice(response->SerializeAsString());
}

// What each RPC answers, in bytes.
absl::StatusOr<grpc::Slice> Reply(const Snapshot& snapshot, const v1::LookupRequest& request) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Serialize(Lookup(snapshot.registry, request));
}

absl::StatusOr<grpc::Slice> Reply(const Snapshot& snapshot, const v1::BatchLookupRequest& request) {
  return BatchReply(snapshot.registry, snapshot.replies, request);
}

absl::StatusOr<grpc::Slice> Reply(const Snapshot& snapshot, const v1::ClassifyRequest& request) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Serialize(Classify(snapshot.registry, request));
}

absl::StatusOr<grpc::Slice> Reply(const Snapshot& snapshot, const v1::SearchRequest& request) {
  return Serialize(Search(snapshot.search_index, request));
}

absl::StatusOr<grpc::Slice> Reply(const Snapshot& snapshot,
                                  const v1::GetRegistryInfoRequest& request) {
  return Serialize(GetRegistryInfo(snapshot.registry, request));
}

// The road of every unary call; `request` is a message to read it into.
template <typename Request>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context,
                                 const Publication& publication, Request& request,
                                 const grpc::ByteBuffer& in, grpc::ByteBuffer& out) {
  EchoCorrelation(context);
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  if (absl::Status status = Parse(in, request); !status.ok()) {
    reactor->Finish(ToGrpcStatus(status));
    return reactor;
  }
  const std::shared_ptr<const Snapshot> snapshot = publication.Current();
  const absl::StatusOr<grpc::Slice> reply = Reply(*snapshot, request);
  // Not assigned: that would copy the buffer (gRPC 1.51 has no move).
  if (reply.ok()) grpc::ByteBuffer(&*reply, 1).Swap(&out);
  reactor->Finish(ToGrpcStatus(reply.status()));
  return reactor;
}

// The messages of one listing, in bytes.
class ListingBytes {
 public:
  ListingBytes(const Snapshot& snapshot, ListRangeQuestion question)
      : listing_(
            StoredListing::Serves(question)
                ? decltype(listing_)(StoredListing(snapshot.registry, snapshot.replies, question))
                : ListRange(snapshot.registry, std::move(question))) {}

  // Puts the next message into `bytes`. Returns whether it is the last one.
  [[nodiscard]] bool Next(grpc::ByteBuffer& bytes) {
    if (auto* stored = std::get_if<StoredListing>(&listing_)) return stored->Next(bytes);
    v1::ListRangeResponse message;
    const bool last = std::get<Listing>(listing_).Next(message);
    const grpc::Slice slice = ToSlice(message.SerializeAsString());
    bytes = grpc::ByteBuffer(&slice, 1);
    return last;
  }

 private:
  std::variant<StoredListing, Listing> listing_;
};

// The road of a listing: one message at a time, the next one when gRPC has
// taken the last.
class ListRangeReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  ListRangeReactor(grpc::CallbackServerContext& context, std::shared_ptr<const Snapshot> snapshot,
                   const grpc::ByteBuffer& in)
      : context_(context), snapshot_(std::move(snapshot)) {
    EchoCorrelation(context);
    v1::ListRangeRequest request;
    if (absl::Status status = Parse(in, request); !status.ok()) {
      Finish(ToGrpcStatus(status));
      return;
    }
    absl::StatusOr<ListRangeQuestion> question = Read(request, snapshot_->registry);
    if (!question.ok()) {
      Finish(ToGrpcStatus(question.status()));
      return;
    }
    listing_.emplace(*snapshot_, *std::move(question));
    WriteNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    // A stream that was reset costs no message.
    if (context_.IsCancelled()) {
      Finish(grpc::Status::CANCELLED);
      return;
    }
    if (listing_->Next(bytes_)) {
      StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      StartWrite(&bytes_);
    }
  }

  grpc::CallbackServerContext& context_;
  const std::shared_ptr<const Snapshot> snapshot_;
  std::optional<ListingBytes> listing_;
  grpc::ByteBuffer bytes_;
};

}  // namespace

grpc::ServerUnaryReactor* PortRegistryService::Lookup(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  v1::LookupRequest message;
  return Answer(*context, publication_, message, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::BatchLookup(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  // A batch has up to a thousand messages within.
  google::protobuf::Arena arena;
  auto& message = *google::protobuf::Arena::CreateMessage<v1::BatchLookupRequest>(&arena);
  return Answer(*context, publication_, message, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::Classify(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  v1::ClassifyRequest message;
  return Answer(*context, publication_, message, *request, *response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PortRegistryService::ListRange(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return new ListRangeReactor(*context, publication_.Current(), *request);
}

grpc::ServerUnaryReactor* PortRegistryService::Search(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  v1::SearchRequest message;
  return Answer(*context, publication_, message, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::GetRegistryInfo(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  v1::GetRegistryInfoRequest message;
  return Answer(*context, publication_, message, *request, *response);
}

}  // namespace portreg
