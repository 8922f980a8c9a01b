// Reads a stream of messages over gRPC.
#ifndef PORTREG_CLIENT_CONNECTIONS_GRPC_STREAM_H_
#define PORTREG_CLIENT_CONNECTIONS_GRPC_STREAM_H_

#include <memory>
#include <utility>

#include "client/connections/backend.h"
#include "client/connections/connection.h"
#include "grpcpp/grpcpp.h"

namespace portreg::internal {

// The MessageStream of a Connection. gRPC uses it until OnDone, so it keeps itself
// alive until then.
template <typename Request, typename Response>
class GrpcStream final : public MessageStream,
                         public grpc::ClientReadReactor<Response>,
                         public std::enable_shared_from_this<GrpcStream<Request, Response>> {
 public:
  GrpcStream(std::shared_ptr<const Connection> connection,
             const StreamMethod<Request, Response>& method, Request request, const CallTerms& terms,
             std::shared_ptr<StreamListener<Response>> listener)
      : connection_(std::move(connection)),
        method_(method),
        request_(std::move(request)),
        listener_(std::move(listener)) {
    Prepare(context_, terms.deadline, terms.metadata);
    context_.set_wait_for_ready(terms.wait_for_ready);
  }

  void Start() override {
    self_ = this->shared_from_this();
    connection_->Start(method_, &context_, &request_, this);
    // Reads may begin on any thread as long as the stream is held. A read that
    // fails is the last one.
    this->AddHold();
    Read();
    this->StartCall();
  }

  void Read() override { this->StartRead(&message_); }

  void Cancel() override { context_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) {
      this->RemoveHold();
    } else if (listener_->OnMessage(std::move(message_))) {
      Read();
    }
  }

  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<GrpcStream> self = std::move(self_);
    std::exchange(listener_, nullptr)->OnEnd(status);
  }

  const std::shared_ptr<const Connection> connection_;
  const StreamMethod<Request, Response>& method_;
  const Request request_;
  std::shared_ptr<StreamListener<Response>> listener_;
  grpc::ClientContext context_;
  Response message_;
  // Set from Start to OnDone.
  std::shared_ptr<GrpcStream> self_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_GRPC_STREAM_H_
