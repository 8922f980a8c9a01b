// What a Client, its calls and its streams share.
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

// Makes calls, checks their replies, and explains their failures. A reply that
// cannot be parsed, or breaks the contract as FaultOf() has it, is INTERNAL,
// however the call is made. Any number of threads may use it at once.
class Connection {
 public:
  // Makes calls over `channel`.
  Connection(std::shared_ptr<grpc::Channel> channel, ClientOptions options)
      : line_{nullptr, std::move(channel)}, options_(std::move(options)) {}
  // Makes calls of a stub that a test brought.
  Connection(std::shared_ptr<Stub> stub, ClientOptions options)
      : line_{std::move(stub), nullptr}, options_(std::move(options)) {}
  // With TLS, whose files may change.
  Connection(std::unique_ptr<RenewedLine> line, ClientOptions options)
      : renewed_(std::move(line)), options_(std::move(options)) {}

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  // The stub that a test brought. Null if it brought none.
  [[nodiscard]] std::shared_ptr<Stub> stub() const { return CurrentLine().stub; }
  // The channel for a call that starts now. Whoever starts it holds the channel
  // until the call has started. Null where a test brought a stub.
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const { return CurrentLine().channel; }
  // Returns whether there are calls that do not block: a test's stub may have none. They
  // may be made only if this has returned true.
  [[nodiscard]] bool HasAsyncCalls() const;

  // The terms of a call with `options`; of a listing, unless they say more, the
  // client's list_timeout holds.
  [[nodiscard]] absl::StatusOr<CheckedCallOptions> Terms(const CallOptions& options) const {
    return CheckedCallOptions::Create(options, {options_.timeout, "ClientOptions.timeout"});
  }
  [[nodiscard]] absl::StatusOr<CheckedCallOptions> ListingTerms(const CallOptions& options) const {
    return CheckedCallOptions::Create(options,
                                      {options_.list_timeout, "ClientOptions.list_timeout"});
  }

  // Makes one blocking call that must be over at `deadline`.
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

  // The same, on the terms of `options`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const UnaryMethod<Request, Response>& method,
                                const Request& request, const CallOptions& options) const {
    const absl::StatusOr<CheckedCallOptions> terms = Terms(options);
    if (!terms.ok()) return terms.status();
    return Call(method, request, *terms, terms->Deadline());
  }

  // Returns whether later calls may go over another channel than those before.
  [[nodiscard]] bool renews() const { return renewed_ != nullptr; }

  // Begins a call that gives its status to `done`. All else that it is given must
  // live until then.
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

  // Begins a stream as the generated stub does. A message that cannot be parsed
  // ends it; the messages' contents are for the reactor to check.
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

  // How long a listing of these terms waits for a connection, which may take it
  // less time than its records do.
  [[nodiscard]] absl::Duration ConnectTimeout(const CheckedCallOptions& terms) const;

  // Waits until the channel is connected or has failed to. UNAVAILABLE, naming
  // the target, if neither has happened within `timeout`.
  [[nodiscard]] absl::Status AwaitConnection(absl::Duration timeout) const;

  // Whether the channel is connected.
  [[nodiscard]] bool connected() const;

  // UNAVAILABLE, naming the target: what a call of `timeout` fails with that
  // finds no connection.
  [[nodiscard]] absl::Status NoConnection(absl::Duration timeout) const;

  // The status for the caller. A call that ran out of time before there was a
  // connection tells of that, and one that got no connection over TLS or towards
  // it says what to do.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status, absl::Duration timeout) const;

  // The same for a status of a stream, which has no time of its own to run out of.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const;

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

  // The status of a call that ended with `status`, and whose message was received
  // so.
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

  // The status of a call with a reply that was parsed, if any.
  template <typename Request, typename Response>
  static grpc::Status Checked(const UnaryMethod<Request, Response>& method, const Request& request,
                              const Response& response, const grpc::Status& status) {
    if (!status.ok()) return status;
    const std::string fault = FaultOf(request, response);
    if (fault.empty()) return status;
    return ToGrpcStatus(BrokenReply(NameOf(method.path), fault));
  }

  // Returns whether a call that received no message is one that the server ended with
  // OK.
  static bool EndedWithoutMessage(const grpc::Status& status);

  [[nodiscard]] Line CurrentLine() const {
    return renewed_ != nullptr ? renewed_->Current() : line_;
  }

  const Line line_;
  // With TLS, in the place of line_.
  const std::unique_ptr<RenewedLine> renewed_;
  const ClientOptions options_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_CONNECTION_H_
