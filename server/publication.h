// Holds the snapshot that is being served.
#ifndef PORTREG_SERVER_PUBLICATION_H_
#define PORTREG_SERVER_PUBLICATION_H_

#include <memory>
#include <mutex>
#include <utility>

#include "common/registry.h"
#include "common/search.h"
#include "server/stored_replies.h"

namespace portreg {

// A registry and what is made of it once, so that no call has to.
struct Snapshot {
  explicit Snapshot(Registry r)
      : registry(std::move(r)), search_index(registry), replies(registry) {}
  // The others refer to the registry beside them.
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Registry registry;
  const SearchIndex search_index;
  const StoredReplies replies;
};

// The one place where a new snapshot takes the old one's place. A call takes
// the current snapshot once and answers from it, whatever is published
// meanwhile; a snapshot lives until the last call that holds it is over.
//
// Any number of threads may read and publish at once.
class Publication {
 public:
  explicit Publication(Registry registry)
      : current_(std::make_shared<const Snapshot>(std::move(registry))) {}

  // Never null.
  [[nodiscard]] std::shared_ptr<const Snapshot> Current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void Publish(Registry registry) {
    auto next = std::make_shared<const Snapshot>(std::move(registry));
    // The old snapshot is let go outside the lock: freeing it takes time.
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_PUBLICATION_H_
