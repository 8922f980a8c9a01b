// Holds a registry with its index and stored replies.
#ifndef PORTREG_SERVER_REPLIES_SNAPSHOT_H_
#define PORTREG_SERVER_REPLIES_SNAPSHOT_H_

#include <cstddef>
#include <future>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// The state of the data from which calls are answered: a registry, its search index
// and its stored replies. Immutable.
class Snapshot {
 public:
  // Builds the index and the replies of `registry`. `max_bytes` bounds the memory of
  // all three. Replies that do not fit are not stored. Returns RESOURCE_EXHAUSTED if
  // the rest does not fit.
  static absl::StatusOr<std::shared_ptr<const Snapshot>> Create(Registry registry,
                                                                size_t max_bytes);

  // Builds a snapshot without a bound of memory.
  explicit Snapshot(Registry r);

  // The other members refer to `registry`.
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Returns the snapshot's bytes of memory, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const { return memory_bytes_; }

  const absl::Time published;
  const Registry registry;

 private:
  // The index is built on another thread while the replies are computed, so that the
  // server is ready sooner. Declared here because members are initialised in this order.
  std::future<std::unique_ptr<const SearchIndex>> index_under_construction_;

 public:
  const StoredReplies replies;
  // Never nullptr.
  const std::unique_ptr<const SearchIndex> search_index;

 private:
  Snapshot(Registry r, size_t max_bytes);

  const size_t memory_bytes_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_SNAPSHOT_H_
