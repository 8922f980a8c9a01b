// Keeps the answers to frequent requests as they are sent.
#ifndef PORTREG_SERVER_WEB_ANSWER_CACHE_H_
#define PORTREG_SERVER_WEB_ANSWER_CACHE_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/http_message.h"
#include "server/replies/snapshot.h"

namespace portreg::server {

// The body of an answer, as it is and compressed.
struct StoredAnswer {
  HttpBytes plain = {};
  // Empty if compression would save little.
  HttpBytes gzip = {};
};

// Keeps answers to GET from one snapshot by their targets, because making JSON costs ten
// times as much as sending it. Forgets all of them when there are too many bytes, or when
// the snapshot changes; does not keep a snapshot alive.
//
// Not thread-safe: only the door's thread uses it.
class AnswerCache {
 public:
  // Bytes of answers and targets, without the allocator's overhead.
  static constexpr size_t kMaxBytes = 8 << 20;

  // Returns null if the answer is not kept. Valid until the next call.
  [[nodiscard]] const StoredAnswer* Find(const Snapshot& snapshot, absl::string_view target);
  void Add(const Snapshot& snapshot, absl::string_view target, const StoredAnswer& answer);

  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  // Forgets the answers from another snapshot.
  void TurnTo(const Snapshot& snapshot);

  // Identify the snapshot.
  absl::Time published_ = absl::InfinitePast();
  std::string revision_;
  absl::flat_hash_map<std::string, StoredAnswer> answers_;
  size_t bytes_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_ANSWER_CACHE_H_
