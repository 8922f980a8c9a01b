#include "common/judgement/collision.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Messages cut longer names of owners.
constexpr size_t kMaxNameBytes = kMaxServiceNameBytes;

bool IsClaim(const ServiceRecord& record, Layer layer) {
  return record.layer == layer && record.status != RecordStatus::kRetired &&
         (record.named() || !OwnerOf(record).empty());
}

bool IsInOrder(const ServiceRecord& one, const ServiceRecord& other) {
  return std::tie(one.file, one.line) <= std::tie(other.file, other.line);
}

// Returns true if two claims that share a port share a slot in one scope too.
bool ShareSlot(const ServiceRecord& one, const ServiceRecord& other) {
  return (Answers(one.transport, other.transport) || Answers(other.transport, one.transport)) &&
         ScopesOverlap(one.scope, other.scope);
}

bool HaveSameNameAndOwner(const ServiceRecord& one, const ServiceRecord& other) {
  return absl::EqualsIgnoreCase(one.service, other.service) && OwnerOf(one) == OwnerOf(other);
}

bool Refines(const ServiceRecord& one, const ServiceRecord& other) {
  if (OwnerOf(one).empty() || OwnerOf(one) != OwnerOf(other)) return false;
  return !one.named() || !other.named() || one.ports->contains(*other.ports) ||
         other.ports->contains(*one.ports);
}

bool Repeat(const ServiceRecord& one, const ServiceRecord& other) {
  return ShareSlot(one, other) && HaveSameNameAndOwner(one, other) &&
         (one.named() || one.ports == other.ports);
}

enum class Equals { kKeep, kDrop };

// Returns the claims of `layer` on a port. kDrop leaves out a claim if an earlier one, by
// file and line, is equal in every field that decides about a collision.
std::vector<const ServiceRecord*> ClaimsAt(const Registry& registry, Layer layer, Port port,
                                           Equals equals) {
  std::vector<const ServiceRecord*> claims;
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    if (IsClaim(record, layer)) claims.push_back(&record);
  }
  if (equals == Equals::kKeep || claims.size() < 2) return claims;
  std::stable_sort(claims.begin(), claims.end(),
                   [](const ServiceRecord* a, const ServiceRecord* b) {
                     return std::tie(a->file, a->line) < std::tie(b->file, b->line);
                   });
  absl::flat_hash_set<
      std::tuple<std::string, absl::string_view, absl::string_view, Transport, Port, Port>>
      seen;
  const auto is_repeated = [&seen](const ServiceRecord* claim) {
    return !seen.emplace(FoldServiceName(claim->service), OwnerOf(*claim), claim->scope,
                         claim->transport, claim->ports->first, claim->ports->last)
                .second;
  };
  claims.erase(std::remove_if(claims.begin(), claims.end(), is_repeated), claims.end());
  return claims;
}

// Returns true if a claim of `layer` begins at the port.
bool HasClaimFrom(const Registry& registry, Layer layer, Port port) {
  const auto [begin, end] = registry.StartingAt(port);
  for (RecordIndex index = begin; index < end; ++index) {
    if (IsClaim(registry.record(index), layer)) return true;
  }
  return false;
}

// Returns the pairs of claims that share a port and for which `is_found` returns true.
// Looks at a pair only at the first port of both, where one of them begins, so that it
// looks at each pair once.
template <typename IsFound>
std::vector<Collision> FindPairs(const Registry& registry, Layer layer, Equals equals, size_t limit,
                                 IsFound is_found) {
  std::vector<Collision> found;
  for (int number = 0; number <= kMaxPort && found.size() < limit; ++number) {
    const auto port = static_cast<Port>(number);
    if (!HasClaimFrom(registry, layer, port)) continue;
    const auto begins = [port](const ServiceRecord* claim) { return claim->ports->first == port; };
    std::vector<const ServiceRecord*> claims = ClaimsAt(registry, layer, port, equals);
    const auto others = std::stable_partition(claims.begin(), claims.end(), begins);
    for (auto one = claims.begin(); one != others; ++one) {
      for (auto other = one + 1; other != claims.end(); ++other) {
        if (!is_found(**one, **other)) continue;
        if (found.size() == limit) return found;
        const bool in_order = IsInOrder(**one, **other);
        found.push_back({in_order ? *one : *other, in_order ? *other : *one, port});
      }
    }
  }
  return found;
}

}  // namespace

bool Collide(const ServiceRecord& one, const ServiceRecord& other) {
  return ShareSlot(one, other) && !HaveSameNameAndOwner(one, other) && !Refines(one, other);
}

std::string PlaceOf(const Registry& registry, const ServiceRecord& record) {
  const auto count =
      std::count_if(registry.layers().begin(), registry.layers().end(),
                    [&record](const LayerInfo& info) { return info.layer == record.layer; });
  if (count < 2) return absl::StrCat("line ", record.line);
  return absl::StrCat(Printable(registry.layers()[record.file].origin), ", line ", record.line);
}

std::string ToString(const Registry& registry, const Collision& collision) {
  const auto claim = [&registry](const ServiceRecord& record) {
    const absl::string_view name = record.named() ? record.service : OwnerOf(record);
    return absl::StrCat(PlaceOf(registry, record), " (",
                        name.size() <= kMaxNameBytes ? Printable(name) : Quoted(name), ")");
  };
  const Transport transport = std::max(collision.one->transport, collision.other->transport);
  return absl::StrCat(claim(*collision.one), " and ", claim(*collision.other), " both claim port ",
                      collision.port, transport == Transport::kNone ? "" : "/",
                      ToString(transport));
}

std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit) {
  return FindPairs(registry, layer, Equals::kDrop, limit, Collide);
}

std::vector<Collision> FindRepetitions(const Registry& registry, Layer layer, size_t limit) {
  return FindPairs(registry, layer, Equals::kKeep, limit, Repeat);
}

}  // namespace portreg
