#include "client/cli/sources/watch_events.h"

#include <utility>

namespace portreg::cli {

void WatchEvents::Push(WatchEvent event) {
  const std::lock_guard lock(mutex_);
  bytes_ += event.revision.ByteSizeLong();
  events_.push_back(std::move(event));
  while (events_.size() > 1 && (events_.size() > kMaxEvents || bytes_ > kMaxBytes)) DropOldest();
  pushed_.notify_one();
}

void WatchEvents::DropOldest() {
  const WatchEvent& oldest = events_.front();
  bytes_ -= oldest.revision.ByteSizeLong();
  if (oldest.kind == WatchEvent::Kind::kRevision) ++left_out_;
  events_.pop_front();
}

WatchEvent WatchEvents::Pop() {
  std::unique_lock lock(mutex_);
  pushed_.wait(lock, [this] { return !events_.empty(); });
  WatchEvent event = std::move(events_.front());
  events_.pop_front();
  bytes_ -= event.revision.ByteSizeLong();
  if (event.kind == WatchEvent::Kind::kRevision) event.left_out = std::exchange(left_out_, 0);
  return event;
}

}  // namespace portreg::cli
