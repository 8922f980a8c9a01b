// What a watch tells, handed from gRPC's threads to the tool's.
#ifndef PORTREG_CLIENT_CLI_WATCH_EVENTS_H_
#define PORTREG_CLIENT_CLI_WATCH_EVENTS_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

struct WatchEvent {
  enum class Kind { kRevision, kInterruption, kEnd };

  Kind kind;
  // Of kRevision.
  v1::WatchResponse revision;
  // Of the others.
  absl::Status status;
};

// First in, first out. Any number of threads may use it at once.
class WatchEvents {
 public:
  void Push(WatchEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    pushed_.notify_one();
  }

  // Waits for one if there is none.
  WatchEvent Pop() {
    std::unique_lock lock(mutex_);
    pushed_.wait(lock, [this] { return !events_.empty(); });
    WatchEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable pushed_;
  std::deque<WatchEvent> events_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_WATCH_EVENTS_H_
