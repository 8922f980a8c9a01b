// The streams that are under way.
#ifndef PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_
#define PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_

#include <memory>
#include <optional>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"
#include "grpcpp/support/status.h"

namespace portreg::server {

// A stream that can be ended from outside. Any thread may call it.
class EndableStream {
 public:
  virtual ~EndableStream() = default;
  // Ends the stream with `status` unless it is over already.
  virtual void End(const grpc::Status& status) = 0;
};

// Knows the streams, in order to end them when the server is about to stop. Any
// number of threads may use it at once.
class OpenStreams {
 public:
  OpenStreams() = default;
  OpenStreams(const OpenStreams&) = delete;
  OpenStreams& operator=(const OpenStreams&) = delete;

  void Add(const std::shared_ptr<EndableStream>& stream);
  void Remove(EndableStream& stream);

  // Ends all, and each that is added later, with `status`; once.
  void EndAll(const grpc::Status& status);

 private:
  Mutex mutex_;
  std::unordered_map<EndableStream*, std::weak_ptr<EndableStream>> streams_ ABSL_GUARDED_BY(mutex_);
  // What ends them; nothing before EndAll.
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_
