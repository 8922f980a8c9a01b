#include "server/web/answer_cache.h"

namespace portreg::server {

const StoredAnswer* AnswerCache::Find(const Snapshot& snapshot, absl::string_view target) {
  TurnTo(snapshot);
  const auto found = answers_.find(target);
  return found == answers_.end() ? nullptr : &found->second;
}

void AnswerCache::Add(const Snapshot& snapshot, absl::string_view target,
                      const StoredAnswer& answer) {
  TurnTo(snapshot);
  const size_t bytes = target.size() + answer.plain.text.size() + answer.gzip.text.size();
  if (bytes > kMaxBytes) return;
  if (bytes_ + bytes > kMaxBytes) {
    answers_ = {};
    bytes_ = 0;
  }
  if (answers_.emplace(target, answer).second) bytes_ += bytes;
}

void AnswerCache::TurnTo(const Snapshot& snapshot) {
  if (snapshot.published == published_ && snapshot.registry.revision() == revision_) return;
  answers_ = {};
  bytes_ = 0;
  published_ = snapshot.published;
  revision_ = snapshot.registry.revision();
}

}  // namespace portreg::server
