#include "common/model/collision.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {

bool ScopesOverlap(absl::string_view one, absl::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  if (!absl::StartsWith(other, one)) return false;
  return one.empty() || one.size() == other.size() || other[one.size()] == '/';
}

std::string ToString(const Collision& collision) {
  const auto claim = [](const ServiceRecord& record) {
    const absl::string_view name = record.named() ? record.service : record.details.owner;
    return absl::StrCat("line ", record.line, " (", Printable(name), ")");
  };
  const Transport transport = std::max(collision.one->transport, collision.other->transport);
  return absl::StrCat(claim(*collision.one), " and ", claim(*collision.other), " both claim port ",
                      collision.port, transport == Transport::kNone ? "" : "/",
                      ToString(transport));
}

namespace {

// Returns the records of `layer` that claim a port. Leaves out rows that repeat the
// name, owner, scope and transport of another, because they add no collision.
std::vector<RecordIndex> Claims(const Registry& registry, Layer layer, Port port) {
  std::vector<RecordIndex> claims;
  absl::flat_hash_set<std::tuple<std::string, absl::string_view, absl::string_view, Transport>>
      seen;
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    const bool is_claim = record.layer == layer && record.status != RecordStatus::kRetired &&
                          (record.named() || !record.details.owner.empty());
    if (!is_claim) continue;
    const bool first = seen.emplace(FoldServiceName(record.service), record.details.owner,
                                    record.scope, record.transport)
                           .second;
    if (first) claims.push_back(index);
  }
  return claims;
}

bool Contains(PortRange outer, PortRange inner) {
  return outer.first <= inner.first && inner.last <= outer.last;
}

// Returns true if one record describes a part of the other: both have the same owner,
// and one is a block or its range lies within the other's.
bool Refines(const ServiceRecord& one, const ServiceRecord& other) {
  if (one.details.owner.empty() || one.details.owner != other.details.owner) return false;
  return !one.named() || !other.named() || Contains(*one.ports, *other.ports) ||
         Contains(*other.ports, *one.ports);
}

bool Collide(const ServiceRecord& one, const ServiceRecord& other) {
  const bool share_transport =
      Answers(one.transport, other.transport) || Answers(other.transport, one.transport);
  if (!share_transport || !ScopesOverlap(one.scope, other.scope)) return false;
  // Two rows of the same service and owner repeat each other.
  const bool same_service = absl::EqualsIgnoreCase(one.service, other.service) &&
                            one.details.owner == other.details.owner;
  return !same_service && !Refines(one, other);
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
