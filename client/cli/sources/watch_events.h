// What a watch tells, handed from gRPC's threads to the tool's.
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
  // Of kRevision.
  v1::WatchResponse revision;
  // Of kInterruption and kEnd.
  absl::Status status;
  // Of kRevision: how many revisions before this one are left out.
  size_t left_out = 0;
};

// First in, first out. Bounded: a reader that is slower than the server misses
// the oldest events, never the newest. Thread-safe.
class WatchEvents {
 public:
  // The most events that wait, and the most bytes of their revisions, unless one
  // alone has more. A revision as portregd tells it has about 500.
  static constexpr size_t kMaxEvents = 32;
  static constexpr size_t kMaxBytes = 1 << 20;

  void Push(WatchEvent event);

  // Waits for one if there is none.
  WatchEvent Pop();

 private:
  // Leaves out the oldest event. Requires mutex_.
  void DropOldest();

  std::mutex mutex_;
  std::condition_variable pushed_;
  std::deque<WatchEvent> events_;
  // Of the revisions in events_.
  size_t bytes_ = 0;
  // Revisions that were left out since the last one was popped.
  size_t left_out_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_WATCH_EVENTS_H_
