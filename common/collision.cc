#include "common/collision.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace portreg {

std::string ToString(const Collision& collision) {
  const auto claim = [](const ServiceRecord& record) {
    return absl::StrCat("line ", record.line, " (", record.service, ")");
  };
  const Transport transport = std::max(collision.one->transport, collision.other->transport);
  return absl::StrCat(claim(*collision.one), " and ", claim(*collision.other), " both claim port ",
                      collision.port, transport == Transport::kNone ? "" : "/",
                      ToString(transport));
}

std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit) {
  std::vector<Collision> collisions;
  absl::flat_hash_set<std::pair<RecordIndex, RecordIndex>> reported;
  for (int port = 0; port <= kMaxPort; ++port) {
    // Compared with the first claim of each transport: every further service
    // collides with that one, so that no port with a collision goes unsaid.
    std::array<RecordIndex, kTransports.size()> first_claim;
    std::array<bool, kTransports.size()> claimed = {};
    for (const RecordIndex index : registry.AtPort(static_cast<Port>(port))) {
      const ServiceRecord& record = registry.record(index);
      if (record.layer != layer || !record.named()) continue;
      for (size_t t = 0; t < kTransports.size(); ++t) {
        if (!Answers(record.transport, kTransports[t])) continue;
        if (!claimed[t]) {
          claimed[t] = true;
          first_claim[t] = index;
          continue;
        }
        const ServiceRecord& first = registry.record(first_claim[t]);
        if (absl::EqualsIgnoreCase(first.service, record.service)) continue;
        if (!reported.emplace(first_claim[t], index).second) continue;
        const bool in_order = first.line < record.line;
        collisions.push_back(
            {in_order ? &first : &record, in_order ? &record : &first, static_cast<Port>(port)});
        if (collisions.size() == limit) return collisions;
      }
    }
  }
  return collisions;
}

}  // namespace portreg
