// Fetches what a mirror holds.
#ifndef PORTREG_CLIENT_MIRROR_MIRROR_SOURCE_H_
#define PORTREG_CLIENT_MIRROR_MIRROR_SOURCE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/calls/clock.h"
#include "portreg/mirror.h"

namespace portreg::internal {

// Asks the server for a MirrorFollower. Tests replace it. Thread-safe, except that
// Watch(), StopWatching(), AskRevision() and Fetch() are for one thread at a time.
class MirrorSource {
 public:
  // Are called one at a time, and not after StopWatching().
  struct WatchCallbacks {
    std::function<void(const std::string& revision)> on_revision;
    // `for_good`: the watch does not continue.
    std::function<void(const absl::Status& status, bool for_good)> on_lost;
  };

  virtual ~MirrorSource() = default;

  [[nodiscard]] virtual Clock& clock() = 0;

  // Watches the server's revisions, beginning with the first one after `revision`,
  // in place of an earlier watch.
  virtual void Watch(const std::string& revision, WatchCallbacks callbacks) = 0;
  virtual void StopWatching() = 0;

  // Blocks until the server has sent its revision.
  [[nodiscard]] virtual absl::StatusOr<std::string> AskRevision() = 0;
  // Blocks until the server has listed all its records. Returns ABORTED if the
  // registry changed meanwhile.
  [[nodiscard]] virtual absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> Fetch() = 0;
  // Makes calls that block, now or later, fail with CANCELLED.
  virtual void CancelCalls() = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_MIRROR_MIRROR_SOURCE_H_
