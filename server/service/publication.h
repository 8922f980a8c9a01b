// Holds the snapshot that is being served.
#ifndef PORTREG_SERVER_SERVICE_PUBLICATION_H_
#define PORTREG_SERVER_SERVICE_PUBLICATION_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/model/registry.h"
#include "common/system/mutex.h"
#include "server/replies/snapshot.h"

namespace portreg::server {

// Is notified when another snapshot becomes the current one.
class PublicationObserver {
 public:
  virtual ~PublicationObserver() = default;
  // Runs on the thread that publishes, and must return soon.
  virtual void OnPublish() = 0;
};

// Holds the current snapshot, and replaces it. A call takes the current snapshot once and answers
// from it, even if another one is published in the meantime. A snapshot exists until the last
// call that holds it is over.
//
// Thread-safe.
class Publication {
 public:
  // `snapshot` must not be null.
  explicit Publication(std::shared_ptr<const Snapshot> snapshot);
  // Makes a snapshot of `registry` without a bound of memory.
  explicit Publication(Registry registry);

  // Never null.
  [[nodiscard]] std::shared_ptr<const Snapshot> Current() const;

  // Makes `snapshot` the current one, then notifies the observers. It must not be
  // null.
  void Publish(std::shared_ptr<const Snapshot> snapshot);
  void Publish(Registry registry);

  // Notifies `observer` of each snapshot that is published from now on, until the
  // observer is destroyed.
  void Add(const std::shared_ptr<PublicationObserver>& observer) const;

 private:
  // Drops observers that are destroyed.
  void DropDestroyed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
  // Mutable, because registering an observer does not change what is published.
  // No thread may own an observer while it holds the lock: the last owner destroys
  // the observer, whose destructor may use the publication.
  mutable std::vector<std::weak_ptr<PublicationObserver>> observers_ ABSL_GUARDED_BY(mutex_);
  // Number of observers at which the destroyed ones are dropped next.
  mutable size_t drop_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_PUBLICATION_H_
