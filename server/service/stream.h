// Answers a call with several messages.
#ifndef PORTREG_SERVER_SERVICE_STREAM_H_
#define PORTREG_SERVER_SERVICE_STREAM_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"
#include "grpcpp/grpcpp.h"
#include "server/service/calls.h"
#include "server/service/method.h"
#include "server/workers/connection_id.h"
#include "server/workers/fair_queue.h"

namespace portreg::server {

// The base class of all streams. It admits and counts the call once, ends it once,
// from any thread, and keeps itself alive until gRPC calls OnDone. A stream begins
// with
//
//   auto stream = std::make_shared<ListRangeStream>(...);
//   if (stream->Begin()) stream->Go();
class Stream : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
               public EndableStream,
               public std::enable_shared_from_this<Stream> {
 public:
  Stream(Calls& calls, Method method, grpc::CallbackServerContext& context);

  // Keeps the stream alive until OnDone. Returns false if the call is not
  // admitted; the stream is then over.
  [[nodiscard]] bool Begin();

  void End(const grpc::Status& status) override;

  void OnDone() override;

 protected:
  // Send `message`; SendLast also ends the stream with OK. Do nothing if the stream is over. The
  // next call must follow OnWriteDone. Leave `message` with an unspecified content, because they
  // swap it: the buffer of gRPC 1.51 cannot be moved.
  void Send(grpc::ByteBuffer& message);
  void SendLast(grpc::ByteBuffer& message);

  [[nodiscard]] Calls& calls() const { return call_.calls(); }
  // Returns true if the client has cancelled the call or the stream is over. Any thread may call
  // it while it keeps the stream alive.
  [[nodiscard]] bool cancelled();
  [[nodiscard]] FlowId connection() const { return ConnectionOf(call_.context()); }

 private:
  Call call_;
  std::shared_ptr<Stream> self_;
  Mutex mutex_;
  // The message that is being sent. gRPC reads it until OnWriteDone.
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);
  // True once the stream has its status.
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_STREAM_H_
