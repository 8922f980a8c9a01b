#include "server/replies/snapshot.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/replies/registry_bytes.h"

namespace portreg::server {
namespace {

constexpr size_t kUnbounded = std::numeric_limits<size_t>::max();

// Returns the bytes that the registry and its index leave for the replies. The index is
// not built yet; BytesEstimate() is more than it takes.
size_t ReplyBytes(const Registry& registry, size_t max_bytes) {
  const size_t taken = registry.MemoryBytes() + SearchIndex::BytesEstimate(registry);
  return taken < max_bytes ? max_bytes - taken : 0;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Create(Registry registry,
                                                                 size_t max_bytes) {
  std::shared_ptr<const Snapshot> snapshot(new Snapshot(std::move(registry), max_bytes));
  absl::Status fits = CheckRegistryBytes(snapshot->MemoryBytes(), max_bytes);
  if (!fits.ok()) return fits;
  return snapshot;
}

Snapshot::Snapshot(Registry r) : Snapshot(std::move(r), kUnbounded) {}

Snapshot::Snapshot(Registry r, size_t max_bytes)
    : published(absl::Now()),
      registry(std::move(r)),
      index_under_construction_(
          std::async([this] { return std::make_unique<const SearchIndex>(registry); })),
      replies(registry, ReplyBytes(registry, max_bytes)),
      search_index(index_under_construction_.get()),
      memory_bytes_(registry.MemoryBytes() + search_index->MemoryBytes() + replies.MemoryBytes()) {}

}  // namespace portreg::server
