// Keeps the bodies of answers to GET, so that equal requests need not be computed again.
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

// The body of an answer in two forms: plain and compressed.
struct StoredAnswer {
  HttpBytes plain = {};
  // Empty if compression would save little.
  HttpBytes gzip = {};
};

// Maps the targets of GET requests to the answers from one snapshot. Useful because making the
// JSON of an answer costs ten times as much as sending it. Drops all answers when another one
// would exceed kMaxBytes, and when the snapshot changes. Does not keep a snapshot alive.
//
// Not thread-safe: only the door's thread uses it.
class AnswerCache {
 public:
  // Most bytes of all answers and targets, without the allocator's overhead.
  static constexpr size_t kMaxBytes = 8 << 20;

  // Returns the answer to a target from a snapshot, or null if it is not kept. The pointer is
  // valid until the next call of Find or Add.
  [[nodiscard]] const StoredAnswer* Find(const Snapshot& snapshot, absl::string_view target);
  // Keeps an answer. Does not keep one that alone exceeds kMaxBytes.
  void Add(const Snapshot& snapshot, absl::string_view target, const StoredAnswer& answer);

  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  // Drops the answers if they are from another snapshot.
  void TurnTo(const Snapshot& snapshot);

  // Identify the snapshot of the answers.
  absl::Time published_ = absl::InfinitePast();
  std::string revision_;
  absl::flat_hash_map<std::string, StoredAnswer> answers_;
  size_t bytes_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_ANSWER_CACHE_H_
