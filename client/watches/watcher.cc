#include "portreg/watcher.h"

#include <utility>

#include "client/watches/watch.h"

namespace portreg {

Watcher::Watcher(std::shared_ptr<internal::Watch> watch) : watch_(std::move(watch)) {}

Watcher::Watcher(Watcher&&) noexcept = default;

Watcher& Watcher::operator=(Watcher&& other) noexcept {
  if (this == &other) return *this;
  Cancel();
  watch_ = std::move(other.watch_);
  return *this;
}

Watcher::~Watcher() { Cancel(); }

void Watcher::Cancel() const {
  if (watch_ != nullptr) watch_->Cancel();
}

}  // namespace portreg
