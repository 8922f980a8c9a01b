// Answers Watch calls.
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

// Sends the revision of the current registry whenever it differs from the one that the client
// knows. While gRPC sends a message, further revisions wait, and only the latest of them is sent.
class WatchStream final : public Stream, public PublicationObserver {
 public:
  // The publication must outlive the stream.
  WatchStream(Calls& calls, grpc::CallbackServerContext& context, const Publication& publication);

  // Reads the request, and sends the current revision if the client does not know
  // it. Call it once, after Begin.
  void Go(const grpc::ByteBuffer& request);

  void OnPublish() override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;

 private:
  // Sends the current revision, unless the client knows it or a message is being
  // sent.
  void SendRevision() ABSL_LOCKS_EXCLUDED(revision_mutex_);

  const Publication& publication_;
  // Ends the stream after its longest duration.
  grpc::Alarm alarm_;
  Mutex revision_mutex_;
  // The revision that the client knows.
  std::string revision_ ABSL_GUARDED_BY(revision_mutex_);
  bool sending_ ABSL_GUARDED_BY(revision_mutex_) = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_WATCH_STREAM_H_
