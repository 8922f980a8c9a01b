#include "server/service/open_streams.h"

#include <utility>
#include <vector>

namespace portreg::server {

void OpenStreams::Add(const std::shared_ptr<EndableStream>& stream) {
  {
    const std::lock_guard lock(mutex_);
    streams_.emplace(stream.get(), stream);
    if (!end_.has_value()) return;
  }
  stream->End(*end_);
}

void OpenStreams::Remove(EndableStream& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(&stream);
}

void OpenStreams::EndAll(const grpc::Status& status) {
  std::vector<std::shared_ptr<EndableStream>> open;
  {
    const std::lock_guard lock(mutex_);
    // Never changes again: others read it.
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
