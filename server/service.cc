#include "server/service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "server/batch_reply.h"
#include "server/correlation.h"
#include "server/handlers.h"
#include "server/list_range_stream.h"
#include "server/stored_replies.h"
#include "server/unread_bytes.h"
#include "server/watch_stream.h"
#include "server/wire.h"

namespace portreg {
namespace {

// A message made for one call, in bytes.
template <typename Response>
absl::StatusOr<grpc::Slice> Made(const absl::StatusOr<Response>& response, UnreadBytes& unread) {
  if (!response.ok()) return response.status();
  return unread.Hold(response->SerializeAsString());
}

// Each RPC: its reply in bytes.
absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::LookupRequest& request,
                                  Call& call) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Made(Lookup(snapshot.registry, request), call.calls().unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::BatchLookupRequest& request,
                                  Call& call) {
  call.calls().stats().batch_sizes.Observe(request.requests_size());
  absl::StatusOr<std::string> reply = BatchReply(snapshot.registry, snapshot.replies, request);
  if (!reply.ok()) return reply.status();
  return call.calls().unread().Hold(*std::move(reply));
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::ClassifyRequest& request,
                                  Call& call) {
  if (std::optional<grpc::Slice> stored = snapshot.replies.Find(request)) return *std::move(stored);
  return Made(Classify(snapshot.registry, request), call.calls().unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot, const v1::SearchRequest& request,
                                  Call& call) {
  return Made(Search(snapshot.search_index, request), call.calls().unread());
}

absl::StatusOr<grpc::Slice> Serve(const Snapshot& snapshot,
                                  const v1::GetRegistryInfoRequest& request, Call& call) {
  return Made(GetRegistryInfo(snapshot.registry, request), call.calls().unread());
}

// One call with one answer. What gRPC would do on a thread of its own when the
// call is over is done at once: there is nothing to it but counting.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(Calls& calls, Method method, grpc::CallbackServerContext& context)
      : call_(calls, method, context) {}

  // Reads `request`, serves it, and sends the reply or an error.
  template <typename Request>
  void Run(const Publication& publication, Request& request, const grpc::ByteBuffer& in,
           grpc::ByteBuffer& out) {
    EchoCorrelation(call_.context());
    absl::Status status = call_.Admit();
    if (status.ok()) status = TakeRequest(in, request);
    if (status.ok()) {
      const std::shared_ptr<const Snapshot> snapshot = publication.Current();
      const absl::StatusOr<grpc::Slice> reply = Serve(*snapshot, request, call_);
      if (reply.ok()) Put(absl::MakeConstSpan(&*reply, 1), out);
      status = reply.status();
    }
    call_.Handled(static_cast<grpc::StatusCode>(status.code()));
    Finish(ToGrpcStatus(status));
  }

  void OnDone() override { delete this; }
  bool InternalInlineable() override { return true; }

 private:
  Call call_;
};

// The road of every unary call; `request` is a message to read it into.
template <typename Request>
grpc::ServerUnaryReactor* StartUnary(Calls& calls, Method method, const Publication& publication,
                                     grpc::CallbackServerContext& context, Request& request,
                                     const grpc::ByteBuffer& in, grpc::ByteBuffer& out) {
  auto* const call = new UnaryCall(calls, method, context);
  call->Run(publication, request, in, out);
  return call;
}

// The road of every stream.
template <typename StreamType, typename Source>
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(Calls& calls,
                                                        grpc::CallbackServerContext& context,
                                                        Source&& source,
                                                        const grpc::ByteBuffer& request) {
  const auto stream = std::make_shared<StreamType>(calls, context, std::forward<Source>(source));
  if (stream->Begin()) stream->Go(request);
  return stream.get();
}

}  // namespace

grpc::ServerUnaryReactor* PortRegistryService::Lookup(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  v1::LookupRequest message;
  return StartUnary(calls_, Method::kLookup, publication_, *context, message, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::BatchLookup(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  // A batch has up to a thousand messages within.
  google::protobuf::Arena arena;
  auto& message = *google::protobuf::Arena::CreateMessage<v1::BatchLookupRequest>(&arena);
  return StartUnary(calls_, Method::kBatchLookup, publication_, *context, message, *request,
                    *response);
}

grpc::ServerUnaryReactor* PortRegistryService::Classify(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  v1::ClassifyRequest message;
  return StartUnary(calls_, Method::kClassify, publication_, *context, message, *request,
                    *response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PortRegistryService::ListRange(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return StartStream<ListRangeStream>(calls_, *context, publication_.Current(), *request);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PortRegistryService::Watch(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return StartStream<WatchStream>(calls_, *context, publication_, *request);
}

grpc::ServerUnaryReactor* PortRegistryService::Search(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  v1::SearchRequest message;
  return StartUnary(calls_, Method::kSearch, publication_, *context, message, *request, *response);
}

grpc::ServerUnaryReactor* PortRegistryService::GetRegistryInfo(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  v1::GetRegistryInfoRequest message;
  return StartUnary(calls_, Method::kGetRegistryInfo, publication_, *context, message, *request,
                    *response);
}

}  // namespace portreg
