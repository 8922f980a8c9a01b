// What calls are answered from.
#ifndef PORTREG_SERVER_REPLIES_SNAPSHOT_H_
#define PORTREG_SERVER_REPLIES_SNAPSHOT_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// A registry, and what is built of it once so that no call has to. Immutable.
class Snapshot {
 public:
  // Builds the index and the replies of `registry`. `max_bytes` bounds the memory
  // of all: replies are stored only where it suffices, and RESOURCE_EXHAUSTED is
  // returned where not even the rest fits.
  static absl::StatusOr<std::shared_ptr<const Snapshot>> Create(Registry registry,
                                                                size_t max_bytes);

  // The same without a bound.
  explicit Snapshot(Registry r);

  // The other members refer to `registry`.
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Bytes of memory that it takes, but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const { return memory_bytes_; }

  const absl::Time published;
  const Registry registry;
  const SearchIndex search_index;
  const StoredReplies replies;

 private:
  Snapshot(Registry r, size_t max_bytes);

  const size_t memory_bytes_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_SNAPSHOT_H_
