// Ends all open streams when the server stops.
#ifndef PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_
#define PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_

#include <memory>
#include <optional>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "common/system/mutex.h"
#include "grpcpp/support/status.h"

namespace portreg::server {

// A stream that can be ended from outside. Thread-safe.
class EndableStream {
 public:
  virtual ~EndableStream() = default;
  // Ends the stream with `status`. Does nothing if it is already over.
  virtual void End(const grpc::Status& status) = 0;
};

// Holds the streams that are open, and ends them when the server is about to stop.
// Thread-safe.
class OpenStreams {
 public:
  OpenStreams() = default;
  OpenStreams(const OpenStreams&) = delete;
  OpenStreams& operator=(const OpenStreams&) = delete;

  void Add(const std::shared_ptr<EndableStream>& stream);
  void Remove(EndableStream& stream);

  // Ends all streams with `status`, and each one that is added later. Only the
  // first call counts.
  void EndAll(const grpc::Status& status);

 private:
  Mutex mutex_;
  std::unordered_map<EndableStream*, std::weak_ptr<EndableStream>> streams_ ABSL_GUARDED_BY(mutex_);
  // The status that ends streams. Empty before EndAll.
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_OPEN_STREAMS_H_
