#include "server/service/publication.h"

#include <algorithm>
#include <utility>

namespace portreg::server {
namespace {

// Fewest observers at which the destroyed ones are dropped.
constexpr size_t kFewestObservers = 64;

}  // namespace

Publication::Publication(std::shared_ptr<const Snapshot> snapshot)
    : current_(std::move(snapshot)), drop_at_(kFewestObservers) {}

Publication::Publication(Registry registry)
    : Publication(std::make_shared<const Snapshot>(std::move(registry))) {}

std::shared_ptr<const Snapshot> Publication::Current() const {
  const MutexLock lock(mutex_);
  return current_;
}

void Publication::Publish(Registry registry) {
  Publish(std::make_shared<const Snapshot>(std::move(registry)));
}

void Publication::Publish(std::shared_ptr<const Snapshot> snapshot) {
  std::vector<std::weak_ptr<PublicationObserver>> observers;
  {
    const MutexLock lock(mutex_);
    DropDestroyed();
    observers = observers_;
    current_.swap(snapshot);
  }
  // Outside the lock, because freeing the old snapshot takes long. The caller may hold it for
  // longer.
  snapshot.reset();
  for (const std::weak_ptr<PublicationObserver>& each : observers) {
    if (const auto observer = each.lock(); observer != nullptr) observer->OnPublish();
  }
}

void Publication::Add(const std::shared_ptr<PublicationObserver>& observer) const {
  const MutexLock lock(mutex_);
  if (observers_.size() >= drop_at_) {
    DropDestroyed();
    drop_at_ = std::max(kFewestObservers, 2 * observers_.size());
  }
  observers_.push_back(observer);
}

void Publication::DropDestroyed() const {
  std::erase_if(observers_, [](const auto& observer) { return observer.expired(); });
}

}  // namespace portreg::server
