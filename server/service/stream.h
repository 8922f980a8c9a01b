// A call that is answered with several messages.
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

// The part that all streams share: admitted and counted once, ended once, from
// whatever thread, and alive until gRPC has done with it. A stream begins with
//
//   auto stream = std::make_shared<ListRangeStream>(...);
//   if (stream->Begin()) stream->Go();
class Stream : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
               public EndableStream,
               public std::enable_shared_from_this<Stream> {
 public:
  Stream(Calls& calls, Method method, grpc::CallbackServerContext& context);

  // Keeps the stream alive until gRPC has done with it. Returns whether the
  // call is admitted; if not, it is ended.
  [[nodiscard]] bool Begin();

  void End(const grpc::Status& status) override;

  void OnDone() override;

 protected:
  // Sends the message, and OK after it if it is the last one, unless the stream
  // is over. One at a time: the next one after OnWriteDone. What `message` holds
  // then is of no use: it is swapped, since gRPC 1.51 has no move.
  void Send(grpc::ByteBuffer& message);
  void SendLast(grpc::ByteBuffer& message);

  [[nodiscard]] Calls& calls() const { return call_.calls(); }
  [[nodiscard]] bool cancelled() const { return call_.context().IsCancelled(); }
  [[nodiscard]] FlowId connection() const { return ConnectionOf(call_.context()); }

 private:
  Call call_;
  std::shared_ptr<Stream> self_;
  Mutex mutex_;
  // The message that is being sent. gRPC reads it until OnWriteDone.
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);
  // Whether the status is given.
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_STREAM_H_
