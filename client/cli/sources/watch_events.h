// Queues the events of a watch, which gRPC's threads push and the tool's thread pops.
#ifndef PORTREG_CLIENT_CLI_SOURCES_WATCH_EVENTS_H_
#define PORTREG_CLIENT_CLI_SOURCES_WATCH_EVENTS_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "absl/status/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

struct WatchEvent {
  enum class Kind : uint8_t { kRevision, kInterruption, kRecovery, kEnd };

  Kind kind;
  // For kRevision.
  v1::WatchResponse revision;
  // For kInterruption and kEnd.
  absl::Status status;
  // For kRevision: how many revisions before this one were dropped.
  size_t left_out = 0;
};

// A bounded first-in-first-out queue. If the reader is slower than the server, the oldest
// events are dropped, never the newest. Thread-safe.
class WatchEvents {
 public:
  // The most events in the queue, and the most bytes of their revisions; a single event
  // may have more bytes. portregd's revisions have about 500 bytes each.
  static constexpr size_t kMaxEvents = 32;
  static constexpr size_t kMaxBytes = 1 << 20;

  void Push(WatchEvent event);

  // Removes and returns the oldest event. Waits until there is one.
  WatchEvent Pop();

 private:
  // Drops the oldest event. Requires mutex_.
  void DropOldest();

  std::mutex mutex_;
  std::condition_variable pushed_;
  std::deque<WatchEvent> events_;
  // The bytes of the revisions in events_.
  size_t bytes_ = 0;
  // Revisions dropped since the last one was popped.
  size_t left_out_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_WATCH_EVENTS_H_
