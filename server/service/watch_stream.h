// The road of a Watch.
#ifndef PORTREG_SERVER_SERVICE_WATCH_STREAM_H_
#define PORTREG_SERVER_SERVICE_WATCH_STREAM_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/service/stream.h"

namespace portreg::server {

// Says which registry is being served, whenever it is another one than the
// client knows of. What is replaced while gRPC is still sending is left out.
class WatchStream final : public Stream, public PublicationObserver {
 public:
  // The publication must outlive the stream.
  WatchStream(Calls& calls, grpc::CallbackServerContext& context, const Publication& publication);

  // Reads the request and says what there is to say; once, after Begin.
  void Go(const grpc::ByteBuffer& request);

  void OnPublish() override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;

 private:
  // Sends the current revision unless the client knows it, or a message is
  // being sent.
  void Tell() ABSL_LOCKS_EXCLUDED(telling_);

  const Publication& publication_;
  // Ends the stream when its time is over.
  grpc::Alarm alarm_;
  Mutex telling_;
  // What the client knows of.
  std::string revision_ ABSL_GUARDED_BY(telling_);
  bool sending_ ABSL_GUARDED_BY(telling_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_WATCH_STREAM_H_
