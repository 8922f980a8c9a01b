#include "common/model/collision.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {

std::string ToString(const Collision& collision) {
  const auto claim = [](const ServiceRecord& record) {
    return absl::StrCat("line ", record.line, " (", Printable(record.service), ")");
  };
  const Transport transport = std::max(collision.one->transport, collision.other->transport);
  return absl::StrCat(claim(*collision.one), " and ", claim(*collision.other), " both claim port ",
                      collision.port, transport == Transport::kNone ? "" : "/",
                      ToString(transport));
}

namespace {

// What a port's records claim, each name once on each transport: rows that
// repeat one add no collision.
std::vector<RecordIndex> Claims(const Registry& registry, Layer layer, Port port) {
  std::vector<RecordIndex> claims;
  absl::flat_hash_set<std::pair<std::string, Transport>> seen;
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    if (record.layer != layer || !record.named()) continue;
    const bool first = seen.emplace(FoldServiceName(record.service), record.transport).second;
    if (first) claims.push_back(index);
  }
  return claims;
}

bool Collide(const ServiceRecord& one, const ServiceRecord& other) {
  const bool share_transport =
      Answers(one.transport, other.transport) || Answers(other.transport, one.transport);
  return share_transport && !absl::EqualsIgnoreCase(one.service, other.service);
}

}  // namespace

std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit) {
  std::vector<Collision> collisions;
  absl::flat_hash_set<std::pair<RecordIndex, RecordIndex>> reported;
  for (int number = 0; number <= kMaxPort; ++number) {
    const auto port = static_cast<Port>(number);
    const std::vector<RecordIndex> claims = Claims(registry, layer, port);
    for (size_t i = 0; i < claims.size(); ++i) {
      for (size_t j = i + 1; j < claims.size(); ++j) {
        const auto [low, high] = std::minmax(claims[i], claims[j]);
        const ServiceRecord* one = &registry.record(low);
        const ServiceRecord* other = &registry.record(high);
        if (!Collide(*one, *other) || !reported.emplace(low, high).second) continue;
        if (collisions.size() == limit) return collisions;
        if (one->line > other->line) std::swap(one, other);
        collisions.push_back({one, other, port});
      }
    }
  }
  return collisions;
}

}  // namespace portreg
