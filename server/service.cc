#include "server/service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/registry.h"
#include "common/search.h"
#include "server/correlation.h"
#include "server/handlers.h"
#include "server/request.h"
#include "server/status.h"

namespace portreg {
namespace {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          DetailsBytes(status)};
}

template <typename Request>
absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  Request request;
  // An empty buffer has no slices at all; it is the message without fields.
  if (bytes.Length() > 0 && !bytes.DumpToSingleSlice(&slice).ok()) {
    return absl::InternalError("request bytes cannot be read");
  }
  const absl::string_view view(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (absl::Status status = ParseRequest(view, request); !status.ok()) return status;
  return request;
}

template <typename Response>
grpc::Status Serialize(const Response& response, grpc::ByteBuffer& bytes) {
  bool own_buffer;
  return grpc::SerializationTraits<Response>::Serialize(response, &bytes, &own_buffer);
}

// The road of every unary call. `part` is the part of the snapshot that the
// handler asks.
template <typename Part, typename Request, typename Response>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context,
                                 const Publication& publication, const Part Snapshot::*part,
                                 absl::StatusOr<Response> (*handler)(const Part&, const Request&),
                                 const grpc::ByteBuffer& in, grpc::ByteBuffer& out) {
  EchoCorrelation(context);
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  const absl::StatusOr<Request> request = Parse<Request>(in);
  if (!request.ok()) {
    reactor->Finish(ToGrpcStatus(request.status()));
    return reactor;
  }
  const std::shared_ptr<const Snapshot> snapshot = publication.Current();
  const absl::StatusOr<Response> response = handler((*snapshot).*part, *request);
  reactor->Finish(response.ok() ? Serialize(*response, out) : ToGrpcStatus(response.status()));
  return reactor;
}

// The road of a listing: one message at a time, the next one when gRPC has
// taken the last.
class ListRangeReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  ListRangeReactor(grpc::CallbackServerContext& context, std::shared_ptr<const Snapshot> snapshot,
                   const grpc::ByteBuffer& in)
      : context_(context), snapshot_(std::move(snapshot)) {
    EchoCorrelation(context);
    const absl::StatusOr<v1::ListRangeRequest> request = Parse<v1::ListRangeRequest>(in);
    if (!request.ok()) {
      Finish(ToGrpcStatus(request.status()));
      return;
    }
    absl::StatusOr<Listing> listing = portreg::ListRange(snapshot_->registry, *request);
    if (!listing.ok()) {
      Finish(ToGrpcStatus(listing.status()));
      return;
    }
    listing_.emplace(*std::move(listing));
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
    v1::ListRangeResponse response;
    const bool last = listing_->Next(response);
    bytes_.Clear();
    const grpc::Status serialized = Serialize(response, bytes_);
    if (!serialized.ok()) {
      Finish(serialized);
    } else if (last) {
      StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      StartWrite(&bytes_);
    }
  }

  grpc::CallbackServerContext& context_;
  const std::shared_ptr<const Snapshot> snapshot_;
  std::optional<Listing> listing_;
  grpc::ByteBuffer bytes_;
};

}  // namespace

grpc::ServerUnaryReactor* PortRegistryService::Lookup(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Answer(*context, publication_, &Snapshot::registry, &portreg::Lookup, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::BatchLookup(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Answer(*context, publication_, &Snapshot::registry, &portreg::BatchLookup, *request,
                *response);
}

grpc::ServerUnaryReactor* PortRegistryService::Classify(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Answer(*context, publication_, &Snapshot::registry, &portreg::Classify, *request,
                *response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PortRegistryService::ListRange(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return new ListRangeReactor(*context, publication_.Current(), *request);
}

grpc::ServerUnaryReactor* PortRegistryService::Search(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Answer(*context, publication_, &Snapshot::search_index, &portreg::Search, *request,
                *response);
}

grpc::ServerUnaryReactor* PortRegistryService::GetRegistryInfo(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  return Answer(*context, publication_, &Snapshot::registry, &portreg::GetRegistryInfo, *request,
                *response);
}

}  // namespace portreg
