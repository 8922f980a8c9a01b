#include "server/service/stream.h"

#include <utility>

#include "absl/status/status.h"
#include "server/replies/grpc_conversion.h"
#include "server/service/correlation.h"

namespace portreg::server {

Stream::Stream(Calls& calls, Method method, grpc::CallbackServerContext& context)
    : call_(calls, method, context) {}

bool Stream::Begin() {
  self_ = shared_from_this();
  EchoCorrelation(call_.context());
  if (absl::Status status = call_.Admit(); !status.ok()) {
    End(ToGrpcStatus(status));
    return false;
  }
  calls().streams().Add(self_);
  return true;
}

void Stream::End(const grpc::Status& status) {
  const MutexLock lock(mutex_);
  if (over_) return;
  over_ = true;
  call_.Handled(status.error_code());
  Finish(status);
}

bool Stream::cancelled() {
  const MutexLock lock(mutex_);
  // The call's context may be gone once the stream is over.
  return over_ || call_.context().IsCancelled();
}

void Stream::OnDone() {
  calls().streams().Remove(*this);
  self_.reset();
}

void Stream::Send(grpc::ByteBuffer& message) {
  const MutexLock lock(mutex_);
  if (over_) return;
  message_.Swap(&message);
  call_.Sent();
  StartWrite(&message_);
}

void Stream::SendLast(grpc::ByteBuffer& message) {
  const MutexLock lock(mutex_);
  if (over_) return;
  over_ = true;
  message_.Swap(&message);
  call_.Sent();
  call_.Handled(grpc::StatusCode::OK);
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

}  // namespace portreg::server
