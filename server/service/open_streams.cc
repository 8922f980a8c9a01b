#include "server/service/open_streams.h"

#include <optional>
#include <utility>
#include <vector>

namespace portreg::server {

void OpenStreams::Add(const std::shared_ptr<EndableStream>& stream) {
  std::optional<grpc::Status> end;
  {
    const MutexLock lock(mutex_);
    streams_.emplace(stream.get(), stream);
    end = end_;
  }
  if (end.has_value()) stream->End(*end);
}

void OpenStreams::Remove(EndableStream& stream) {
  const MutexLock lock(mutex_);
  streams_.erase(&stream);
}

void OpenStreams::EndAll(const grpc::Status& status) {
  std::vector<std::shared_ptr<EndableStream>> open;
  {
    const MutexLock lock(mutex_);
    if (end_.has_value()) return;
    end_ = status;
    for (const auto& [stream, weak] : streams_) {
      if (std::shared_ptr<EndableStream> alive = weak.lock(); alive != nullptr) {
        open.push_back(std::move(alive));
      }
    }
  }
  for (const std::shared_ptr<EndableStream>& stream : open) stream->End(status);
}

}  // namespace portreg::server
