// Makes the calls of a client over gRPC.
#ifndef PORTREG_CLIENT_CONNECTIONS_CONNECTION_H_
#define PORTREG_CLIENT_CONNECTIONS_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/callback_queue.h"
#include "client/calls/checked_call_options.h"
#include "client/calls/methods.h"
#include "client/calls/status.h"
#include "client/connections/backend.h"
#include "client/connections/line.h"
#include "client/connections/renewed_line.h"
#include "client/replies/parsing_reader.h"
#include "client/replies/received.h"
#include "client/replies/reply_check.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/support/client_callback.h"
#include "portreg/client_options.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg::internal {

// Makes calls, checks their replies, and explains their failures. Shared by a
// client, its calls and its streams. A reply that cannot be parsed, or breaks the
// contract according to FaultOf(), is INTERNAL for every kind of call. A stub of
// a test may have no asynchronous calls; all but blocking calls require
// HasAsyncCalls(). Thread-safe.
class Connection final : public Backend, public std::enable_shared_from_this<Connection> {
 public:
  // Makes calls over `channel`. `own_credentials`: the user chose its credentials,
  // so that advice about ClientOptions::tls would be wrong.
  Connection(std::shared_ptr<grpc::Channel> channel, ClientOptions options,
             bool own_credentials = false)
      : line_{nullptr, std::move(channel)},
        options_(std::move(options)),
        own_credentials_(own_credentials) {}
  // Makes calls of a test's stub.
  Connection(std::shared_ptr<Stub> stub, ClientOptions options)
      : line_{std::move(stub), nullptr}, options_(std::move(options)) {}
  // Makes calls with TLS, whose files may change.
  Connection(std::unique_ptr<RenewedLine> line, ClientOptions options)
      : renewed_(std::move(line)), options_(std::move(options)) {}

  [[nodiscard]] Clock& clock() const override { return GrpcClock(); }
  [[nodiscard]] const ClientOptions& options() const override { return options_; }
  // Returns the test's stub. Null if there is a channel.
  [[nodiscard]] std::shared_ptr<Stub> stub() const { return CurrentLine().stub; }
  // Returns the channel for a call that starts now. The caller must keep the channel
  // until the call has started. Null if there is a test's stub.
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const { return CurrentLine().channel; }
  [[nodiscard]] bool HasAsyncCalls() const override;

  // Check the options of a call or of a listing, and complete them with the client's.
  [[nodiscard]] absl::StatusOr<CheckedCallOptions> Terms(const CallOptions& options) const {
    return CheckedCallOptions::Create(options, {options_.timeout, "ClientOptions.timeout"});
  }
  [[nodiscard]] absl::StatusOr<CheckedCallOptions> ListingTerms(const CallOptions& options) const {
    return CheckedCallOptions::Create(options,
                                      {options_.list_timeout, "ClientOptions.list_timeout"});
  }

  // Makes a blocking call that must end by `deadline`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const UnaryMethod<Request, Response>& method,
                                const Request& request, const CheckedCallOptions& terms,
                                MonotonicTime deadline) const {
    grpc::ClientContext context;
    terms.Apply(deadline, context);
    Response response;
    const grpc::Status status = Make(method, context, request, response);
    if (!status.ok()) return Explain(status, terms.timeout());
    return response;
  }

  // Makes a blocking call with these options.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const UnaryMethod<Request, Response>& method,
                                const Request& request, const CallOptions& options) const {
    const absl::StatusOr<CheckedCallOptions> terms = Terms(options);
    if (!terms.ok()) return terms.status();
    return Call(method, request, *terms, terms->Deadline());
  }

  [[nodiscard]] bool renews() const override { return renewed_ != nullptr; }

  [[nodiscard]] absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                                          const CheckedCallOptions& options,
                                                          MonotonicTime deadline) const override;
  std::shared_ptr<Cancellable> LookupAsync(const v1::LookupRequest& request,
                                           const CheckedCallOptions& options,
                                           MonotonicTime deadline,
                                           Callback<v1::LookupResponse> callback) const override;
  [[nodiscard]] std::unique_ptr<LookupRpc> NewLookupRpc(const CallTerms& terms) const override;
  [[nodiscard]] std::shared_ptr<MessageStream> NewListing(
      const v1::ListRangeRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::ListRangeResponse>> listener) const override;
  [[nodiscard]] std::shared_ptr<MessageStream> NewWatch(
      const v1::WatchRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::WatchResponse>> listener) const override;

  // Begins a call that ends with `done`. The other arguments must live until then.
  template <typename Request, typename Response>
  void Start(const UnaryMethod<Request, Response>& method, grpc::ClientContext* context,
             const Request* request, Response* response,
             std::function<void(const grpc::Status&)> done) const {
    const Line line = CurrentLine();
    if (line.channel == nullptr) {
      (line.stub->async()->*method.async)(
          context, request, response,
          [&method, request, response, done = std::move(done)](const grpc::Status& status) {
            done(Checked(method, *request, *response, status));
          });
      return;
    }
    KeepCallbackQueue();
    auto received = std::make_shared<Received<Response>>();
    received->message = response;
    Received<Response>* const target = received.get();
    grpc::internal::CallbackUnaryCall<Request, Received<Response>, grpc::protobuf::MessageLite>(
        line.channel.get(), RpcOf(method), context, request, target,
        [&method, request, received = std::move(received),
         done = std::move(done)](const grpc::Status& status) {
          done(Checked(method, *request, *received->message, Parsed(method, *received, status)));
        });
  }

  // Begins a stream as the generated stub does. A message that cannot be parsed ends
  // it. The reactor must check the contents of messages.
  template <typename Request, typename Response>
  void Start(const StreamMethod<Request, Response>& method, grpc::ClientContext* context,
             const Request* request, grpc::ClientReadReactor<Response>* reactor) const {
    const Line line = CurrentLine();
    if (line.channel == nullptr) {
      (line.stub->async()->*method.async)(context, request, reactor);
    } else {
      KeepCallbackQueue();
      ParsingReader<Response>::Create(line.channel.get(), method, context, request, reactor);
    }
  }

  // Waits until the channel is connected or has failed to connect. Returns
  // UNAVAILABLE, naming the target, if neither has happened within `timeout`.
  [[nodiscard]] absl::Status AwaitConnection(absl::Duration timeout) const;

  [[nodiscard]] bool connected() const override;
  [[nodiscard]] absl::Status NoConnection(absl::Duration timeout) const override;
  // A call that ran out of time before there was a connection is UNAVAILABLE, and
  // the message of one that got no connection over TLS, or to a server that
  // expects TLS, says what to do.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status,
                                     absl::Duration timeout) const override;
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const override;

 private:
  template <typename Request, typename Response>
  static grpc::internal::RpcMethod RpcOf(const UnaryMethod<Request, Response>& method) {
    return {method.path, grpc::internal::RpcMethod::NORMAL_RPC};
  }

  // Makes a blocking call.
  template <typename Request, typename Response>
  grpc::Status Make(const UnaryMethod<Request, Response>& method, grpc::ClientContext& context,
                    const Request& request, Response& response) const {
    const Line line = CurrentLine();
    if (line.channel == nullptr) {
      const grpc::Status status = (line.stub.get()->*method.blocking)(&context, request, &response);
      return Checked(method, request, response, status);
    }
    Received<Response> received;
    received.message = &response;
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<Request, Received<Response>, grpc::protobuf::MessageLite>(
            line.channel.get(), RpcOf(method), &context, request, &received);
    return Checked(method, request, response, Parsed(method, received, status));
  }

  // Returns the status of a call that ended with `status` and received `received`.
  template <typename Request, typename Response>
  static grpc::Status Parsed(const UnaryMethod<Request, Response>& method,
                             const Received<Response>& received, const grpc::Status& status) {
    using State = typename Received<Response>::State;
    if (received.state == State::kMalformed && status.ok()) {
      return ToGrpcStatus(BrokenReply(NameOf(method.path), kMalformed));
    }
    if (received.state == State::kNothing && EndedWithoutMessage(status)) {
      return ToGrpcStatus(BrokenReply(NameOf(method.path), kNoMessage));
    }
    return status;
  }

  // Returns the status of a call that ended with `status` and `response`.
  template <typename Request, typename Response>
  static grpc::Status Checked(const UnaryMethod<Request, Response>& method, const Request& request,
                              const Response& response, const grpc::Status& status) {
    if (!status.ok()) return status;
    const std::string fault = FaultOf(request, response);
    if (fault.empty()) return status;
    return ToGrpcStatus(BrokenReply(NameOf(method.path), fault));
  }

  // Returns true if the server ended the call with OK. Requires that no message was
  // received.
  static bool EndedWithoutMessage(const grpc::Status& status);

  [[nodiscard]] Line CurrentLine() const {
    return renewed_ != nullptr ? renewed_->Current() : line_;
  }

  const Line line_;
  // Replaces line_ with TLS; null otherwise.
  const std::unique_ptr<RenewedLine> renewed_;
  const ClientOptions options_;
  const bool own_credentials_ = false;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_CONNECTION_H_
