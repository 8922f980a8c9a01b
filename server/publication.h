// Holds the snapshot that is being served.
#ifndef PORTREG_SERVER_PUBLICATION_H_
#define PORTREG_SERVER_PUBLICATION_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
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

  const absl::Time published = absl::Now();
  const Registry registry;
  const SearchIndex search_index;
  const StoredReplies replies;
};

// Told that another snapshot is the current one.
class PublicationObserver {
 public:
  virtual ~PublicationObserver() = default;
  // On the thread that publishes; it must not take long.
  virtual void OnPublish() = 0;
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

  // Tells the observers when the new snapshot stands.
  void Publish(Registry registry) {
    auto next = std::make_shared<const Snapshot>(std::move(registry));
    std::vector<std::shared_ptr<PublicationObserver>> observers;
    {
      // The old snapshot is let go outside the lock: freeing it takes time.
      const std::lock_guard lock(mutex_);
      current_.swap(next);
      observers = Observers();
    }
    for (const std::shared_ptr<PublicationObserver>& observer : observers) observer->OnPublish();
  }

  // Tells `observer` of what is published from now on, for as long as it lives.
  void Add(const std::shared_ptr<PublicationObserver>& observer) const {
    const std::lock_guard lock(mutex_);
    // Those that are gone are forgotten before there are twice as many.
    if (observers_.size() >= forget_at_) {
      (void)Observers();
      forget_at_ = std::max(kForgetAt, 2 * observers_.size());
    }
    observers_.push_back(observer);
  }

 private:
  static constexpr size_t kForgetAt = 64;

  // Those that still live; the others are forgotten.
  std::vector<std::shared_ptr<PublicationObserver>> Observers() const {
    std::vector<std::shared_ptr<PublicationObserver>> alive;
    alive.reserve(observers_.size());
    for (const std::weak_ptr<PublicationObserver>& observer : observers_) {
      if (auto it = observer.lock(); it != nullptr) alive.push_back(std::move(it));
    }
    observers_.assign(alive.begin(), alive.end());
    return alive;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
  // Who looks on takes no part: it does not change what is published.
  mutable std::vector<std::weak_ptr<PublicationObserver>> observers_;
  mutable size_t forget_at_ = kForgetAt;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_PUBLICATION_H_
