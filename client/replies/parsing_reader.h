// Parses the messages of a stream in place of gRPC.
#ifndef PORTREG_CLIENT_REPLIES_PARSING_READER_H_
#define PORTREG_CLIENT_REPLIES_PARSING_READER_H_

#include <memory>

#include "client/calls/methods.h"
#include "client/calls/status.h"
#include "client/replies/received.h"
#include "client/replies/reply_check.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/client_callback.h"

namespace portreg::internal {

// Drives a reactor as a stream of gRPC does, but ends the stream with INTERNAL at a
// message that cannot be parsed. gRPC 1.51 would only let that read fail, and then
// wait until the server ends the stream. Deletes itself after the reactor's OnDone has
// returned.
template <typename Response>
class ParsingReader final : public grpc::ClientCallbackReader<Response> {
 public:
  // Makes the call, which begins with the reactor's StartCall. `context`, `request`
  // and `reactor` must live until the reactor's OnDone.
  template <typename Request>
  static void Create(grpc::ChannelInterface* channel, const StreamMethod<Request, Response>& method,
                     grpc::ClientContext* context, const Request* request,
                     grpc::ClientReadReactor<Response>* reactor) {
    // OnDone deletes it.
    auto* const reader = new ParsingReader(context, method.path, reactor);
    using grpc::internal::RpcMethod;
    grpc::internal::ClientCallbackReaderFactory<Received<Response>>::Create(
        channel, RpcMethod(method.path, RpcMethod::SERVER_STREAMING), context, request,
        &reader->source_);
  }

  ParsingReader(const ParsingReader&) = delete;
  ParsingReader& operator=(const ParsingReader&) = delete;

 private:
  // The reactor that gRPC calls.
  class Source final : public grpc::ClientReadReactor<Received<Response>> {
   public:
    explicit Source(ParsingReader& reader) : reader_(reader) {}
    void OnReadInitialMetadataDone(bool ok) override {
      reader_.reactor_->OnReadInitialMetadataDone(ok);
    }
    void OnReadDone(bool ok) override { reader_.OnReadDone(ok); }
    void OnDone(const grpc::Status& status) override { reader_.OnDone(status); }

   private:
    ParsingReader& reader_;
  };

  ParsingReader(grpc::ClientContext* context, const char* path,
                grpc::ClientReadReactor<Response>* reactor)
      : context_(context), path_(path), reactor_(reactor), source_(*this) {
    this->BindReactor(reactor);
  }

  void StartCall() override { source_.StartCall(); }
  void Read(Response* message) override {
    received_.message = message;
    source_.StartRead(&received_);
  }
  void AddHold(int holds) override { source_.AddMultipleHolds(holds); }
  void RemoveHold() override { source_.RemoveHold(); }

  void OnReadDone(bool ok) {
    if (ok && received_.state == Received<Response>::State::kMalformed) {
      malformed_ = true;
      context_->TryCancel();
    }
    reactor_->OnReadDone(ok && !malformed_);
  }

  void OnDone(const grpc::Status& status) {
    const std::unique_ptr<ParsingReader> self(this);
    reactor_->OnDone(malformed_ ? ToGrpcStatus(BrokenReply(NameOf(path_), kMalformed)) : status);
  }

  grpc::ClientContext* const context_;
  const char* const path_;
  grpc::ClientReadReactor<Response>* const reactor_;
  Source source_;
  Received<Response> received_;
  // Needs no lock, because only reads write it, and no read is under way when the call ends.
  bool malformed_ = false;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_REPLIES_PARSING_READER_H_
