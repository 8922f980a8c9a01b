#include "client/connections/connection.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/calls/grpc_time.h"
#include "client/calls/status.h"
#include "client/connections/channel.h"
#include "client/connections/connect_failure.h"
#include "client/connections/grpc_stream.h"
#include "client/connections/unary_call.h"

namespace portreg::internal {
namespace {

class GrpcLookup final : public LookupRpc {
 public:
  GrpcLookup(std::shared_ptr<const Connection> connection, const CallTerms& terms)
      : connection_(std::move(connection)) {
    Prepare(context_, terms.deadline, terms.metadata);
    context_.set_wait_for_ready(terms.wait_for_ready);
  }

  void StartSingle(const v1::LookupRequest& request, v1::LookupResponse& response,
                   Done done) override {
    connection_->Start(kLookup, &context_, &request, &response, std::move(done));
  }
  void StartBatch(const v1::BatchLookupRequest& request, v1::BatchLookupResponse& response,
                  Done done) override {
    connection_->Start(kBatchLookup, &context_, &request, &response, std::move(done));
  }
  void Cancel() override { context_.TryCancel(); }

 private:
  const std::shared_ptr<const Connection> connection_;
  grpc::ClientContext context_;
};

}  // namespace

absl::StatusOr<v1::LookupResponse> Connection::Lookup(const v1::LookupRequest& request,
                                                      const CheckedCallOptions& options,
                                                      MonotonicTime deadline) const {
  return Call(kLookup, request, options, deadline);
}

std::shared_ptr<Cancellable> Connection::LookupAsync(const v1::LookupRequest& request,
                                                     const CheckedCallOptions& options,
                                                     MonotonicTime deadline,
                                                     Callback<v1::LookupResponse> callback) const {
  auto call = std::make_shared<UnaryCall<v1::LookupRequest, v1::LookupResponse>>(
      shared_from_this(), request, std::move(callback));
  call->Start(kLookup, options, deadline);
  return call;
}

std::unique_ptr<LookupRpc> Connection::NewLookupRpc(const CallTerms& terms) const {
  return std::make_unique<GrpcLookup>(shared_from_this(), terms);
}

std::shared_ptr<MessageStream> Connection::NewListing(
    const v1::ListRangeRequest& request, const CallTerms& terms,
    std::shared_ptr<StreamListener<v1::ListRangeResponse>> listener) const {
  return std::make_shared<GrpcStream<v1::ListRangeRequest, v1::ListRangeResponse>>(
      shared_from_this(), kListRange, request, terms, std::move(listener));
}

std::shared_ptr<MessageStream> Connection::NewWatch(
    const v1::WatchRequest& request, const CallTerms& terms,
    std::shared_ptr<StreamListener<v1::WatchResponse>> listener) const {
  return std::make_shared<GrpcStream<v1::WatchRequest, v1::WatchResponse>>(
      shared_from_this(), kWatch, request, terms, std::move(listener));
}

absl::Status Connection::AwaitConnection(absl::Duration timeout) const {
  const std::shared_ptr<grpc::Channel> channel = this->channel();
  if (channel == nullptr) return absl::OkStatus();
  const MonotonicTime deadline = MonotonicTime::Now() + timeout;
  while (true) {
    const grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
    // The call explains a failed connection.
    if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return absl::OkStatus();
    }
    if (!channel->WaitForStateChange(state, ToGrpcTime(deadline))) {
      return NoConnection(timeout);
    }
  }
}

bool Connection::HasAsyncCalls() const {
  const Line line = CurrentLine();
  return line.channel != nullptr || line.stub->async() != nullptr;
}

bool Connection::EndedWithoutMessage(const grpc::Status& status) {
  // The second status is gRPC's for a blocking call that ended with OK and no message.
  return status.ok() || (status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
                         status.error_message() == "No message returned for unary request");
}

bool Connection::connected() const {
  const std::shared_ptr<grpc::Channel> channel =
      renewed_ != nullptr ? renewed_->Latest().channel : line_.channel;
  return channel == nullptr || channel->GetState(false) == GRPC_CHANNEL_READY;
}

absl::Status Connection::NoConnection(absl::Duration timeout) const {
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), " within ",
                                             absl::FormatDuration(timeout)));
}

absl::Status Connection::Explain(const grpc::Status& status, absl::Duration timeout) const {
  if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return Explain(status);
  if (!connected()) return NoConnection(timeout);
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(timeout)));
}

absl::Status Connection::Explain(const grpc::Status& status) const {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE || own_credentials_) {
    return FromGrpcStatus(status);
  }
  std::string text = ExplainConnectFailure(status.error_message(), options_);
  const absl::Status problem = renewed_ != nullptr ? renewed_->problem() : absl::OkStatus();
  // The old certificates, which are still in use, may have expired.
  if (!text.empty() && !problem.ok()) {
    absl::StrAppend(&text, "; the TLS files have changed and are not in use: ", problem.message());
  }
  if (text.empty()) return FromGrpcStatus(status);
  return absl::UnavailableError(absl::StrCat("no connection to ", TargetOf(options_), ": ", text));
}

}  // namespace portreg::internal
