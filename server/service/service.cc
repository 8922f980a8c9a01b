#include "server/service/service.h"

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"
#include "server/replies/grpc_conversion.h"
#include "server/service/correlation.h"
#include "server/service/list_range_stream.h"
#include "server/service/unary_reply.h"
#include "server/service/watch_stream.h"
#include "server/workers/connection_id.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {
namespace {

// The method that a request is for.
template <typename Request>
inline constexpr Method kMethodOf = Method::kOther;
template <>
inline constexpr Method kMethodOf<v1::LookupRequest> = Method::kLookup;
template <>
inline constexpr Method kMethodOf<v1::BatchLookupRequest> = Method::kBatchLookup;
template <>
inline constexpr Method kMethodOf<v1::ClassifyRequest> = Method::kClassify;
template <>
inline constexpr Method kMethodOf<v1::CheckRequest> = Method::kCheck;
template <>
inline constexpr Method kMethodOf<v1::SuggestRequest> = Method::kSuggest;
template <>
inline constexpr Method kMethodOf<v1::SearchRequest> = Method::kSearch;
template <>
inline constexpr Method kMethodOf<v1::GetRegistryInfoRequest> = Method::kGetRegistryInfo;

// True for the methods whose short requests may take milliseconds too. For example, a claim or a
// suggestion may be about all ports.
template <typename Request>
inline constexpr bool kIsCostly =
    std::is_same_v<Request, v1::SearchRequest> || std::is_same_v<Request, v1::CheckRequest> ||
    std::is_same_v<Request, v1::SuggestRequest>;

// Returns true if a worker must answer the request, because gRPC has few threads for all
// connections. Any other request is answered within microseconds.
template <typename Request>
bool MayTakeLong(const grpc::ByteBuffer& request) {
  return kIsCostly<Request> || request.Length() > kQuickRequestBytes;
}

// A unary call, which is answered at once or by a worker. OnDone and OnCancel do so
// little that gRPC may run them inline instead of on another thread.
template <typename Request>
class UnaryCall final : public grpc::ServerUnaryReactor, public WorkerPool::Job {
 public:
  // gRPC keeps `in` and `out` until the call is over.
  UnaryCall(Calls& calls, const Publication& publication, grpc::CallbackServerContext& context,
            const grpc::ByteBuffer& in, grpc::ByteBuffer& out)
      : call_(calls, kMethodOf<Request>, context), publication_(publication), in_(in), out_(out) {}

  // Answers the call, or submits it to the workers.
  void Start() {
    EchoCorrelation(call_.context());
    if (absl::Status status = call_.Admit(); !status.ok()) {
      End(status);
    } else if (MayTakeLong<Request>(in_)) {
      queued_ = true;
      workers().Submit(ConnectionOf(call_.context()), *this);
    } else {
      End(Answer());
    }
  }

  void Run() override { End(Answer()); }

  void Refuse(WorkerPool::Refusal why) override { End(call_.calls().StatusOf(why)); }

  void OnCancel() override {
    cancelled_ = true;
    if (queued_ && workers().Withdraw(*this)) End(absl::CancelledError());
  }

  void OnDone() override { delete this; }
  bool InternalInlineable() override { return true; }

 private:
  [[nodiscard]] WorkerPool& workers() const { return call_.calls().workers(); }

  // Reads the request and makes the reply.
  absl::Status Answer() {
    if constexpr (std::is_same_v<Request, v1::BatchLookupRequest> ||
                  std::is_same_v<Request, v1::CheckRequest>) {
      // On an arena, because these hold up to a thousand messages.
      google::protobuf::Arena arena;
      return Answer(*google::protobuf::Arena::CreateMessage<Request>(&arena));
    } else {
      Request request;
      return Answer(request);
    }
  }

  absl::Status Answer(Request& request) {
    if (absl::Status status = TakeRequest(in_, request); !status.ok()) return status;
    const std::shared_ptr<const Snapshot> snapshot = publication_.Current();
    const absl::StatusOr<grpc::Slice> reply =
        Serve(*snapshot, request, {call_.calls(), cancelled_});
    if (cancelled_) return absl::CancelledError();
    if (reply.ok()) Put(absl::MakeConstSpan(&*reply, 1), out_);
    return reply.status();
  }

  // Ends the call. Call it once; the object may be destroyed when it returns.
  void End(const absl::Status& status) {
    call_.Handled(static_cast<grpc::StatusCode>(status.code()));
    Finish(ToGrpcStatus(status));
  }

  Call call_;
  const Publication& publication_;
  const grpc::ByteBuffer& in_;
  grpc::ByteBuffer& out_;
  // True once the call has been submitted to the workers.
  bool queued_ = false;
  std::atomic<bool> cancelled_ = false;
};

// Creates and starts the reactor of a unary call.
template <typename Request>
grpc::ServerUnaryReactor* StartUnary(Calls& calls, const Publication& publication,
                                     grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& in, grpc::ByteBuffer& out) {
  auto* const call = new UnaryCall<Request>(calls, publication, context, in, out);
  call->Start();
  return call;
}

// Creates and starts the reactor of a stream.
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

grpc::ServerUnaryReactor* PortRegistryService::Answer(Method method,
                                                      grpc::CallbackServerContext& context,
                                                      const grpc::ByteBuffer& request,
                                                      grpc::ByteBuffer& response) {
  switch (method) {
    case Method::kBatchLookup:
      return StartUnary<v1::BatchLookupRequest>(calls_, publication_, context, request, response);
    case Method::kClassify:
      return StartUnary<v1::ClassifyRequest>(calls_, publication_, context, request, response);
    case Method::kCheck:
      return StartUnary<v1::CheckRequest>(calls_, publication_, context, request, response);
    case Method::kSuggest:
      return StartUnary<v1::SuggestRequest>(calls_, publication_, context, request, response);
    case Method::kSearch:
      return StartUnary<v1::SearchRequest>(calls_, publication_, context, request, response);
    case Method::kGetRegistryInfo:
      return StartUnary<v1::GetRegistryInfoRequest>(calls_, publication_, context, request,
                                                    response);
    case Method::kLookup:
    default:
      return StartUnary<v1::LookupRequest>(calls_, publication_, context, request, response);
  }
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PortRegistryService::Stream(
    Method method, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request) {
  if (method == Method::kWatch) {
    return StartStream<WatchStream>(calls_, context, publication_, request);
  }
  return StartStream<ListRangeStream>(calls_, context, publication_.Current(), request);
}

}  // namespace portreg::server
