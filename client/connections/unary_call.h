// Makes one call without blocking.
#ifndef PORTREG_CLIENT_CONNECTIONS_UNARY_CALL_H_
#define PORTREG_CLIENT_CONNECTIONS_UNARY_CALL_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/callback_scope.h"
#include "client/calls/cancellable.h"
#include "client/connections/connection.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/grpcpp.h"
#include "portreg/async.h"

namespace portreg::internal {

// Makes one call. Keeps itself alive until the callback has run.
template <typename Request, typename Response>
class UnaryCall final : public Cancellable,
                        public std::enable_shared_from_this<UnaryCall<Request, Response>> {
 public:
  UnaryCall(std::shared_ptr<const Connection> connection, Request request,
            Callback<Response> callback)
      : connection_(std::move(connection)),
        request_(std::move(request)),
        callback_(std::move(callback)) {}

  // Must be called once.
  void Start(const UnaryMethod<Request, Response>& method, const CheckedCallOptions& terms,
             MonotonicTime deadline) {
    if (!connection_->HasAsyncCalls()) {
      std::move(callback_)(absl::UnimplementedError("the stub has no asynchronous calls"));
      return;
    }
    terms.Apply(deadline, context_);
    connection_->Start(method, &context_, &request_, &response_,
                       [self = this->shared_from_this(), timeout = terms.timeout()](
                           const grpc::Status& status) { self->Finish(status, timeout); });
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  void Finish(const grpc::Status& status, absl::Duration timeout) {
    const CallbackScope scope;
    if (status.ok()) {
      std::move(callback_)(std::move(response_));
    } else {
      std::move(callback_)(connection_->Explain(status, timeout));
    }
  }

  const std::shared_ptr<const Connection> connection_;
  const Request request_;
  Callback<Response> callback_;
  grpc::ClientContext context_;
  Response response_;
};

// Makes a call with these options.
template <typename Request, typename Response>
PendingCall CallAsync(const std::shared_ptr<const Connection>& connection,
                      const UnaryMethod<Request, Response>& method, const Request& request,
                      const CallOptions& options, Callback<Response> callback) {
  const absl::StatusOr<CheckedCallOptions> terms = connection->Terms(options);
  if (!terms.ok()) {
    std::move(callback)(terms.status());
    return PendingCall({});
  }
  auto call =
      std::make_shared<UnaryCall<Request, Response>>(connection, request, std::move(callback));
  call->Start(method, *terms, terms->Deadline());
  return PendingCall(call);
}

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_UNARY_CALL_H_
