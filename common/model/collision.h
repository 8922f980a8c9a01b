// Finds ports that one layer gives to two services or owners.
#ifndef PORTREG_COMMON_MODEL_COLLISION_H_
#define PORTREG_COMMON_MODEL_COLLISION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Two records of one layer that cannot both have a slot: they share a port, a
// transport and a scope, neither is retired, and neither refines the other. A record
// without a transport shares every one. A record refines another of the same owner if
// one of them is a block, or if one's range lies within the other's.
struct Collision {
  const ServiceRecord* one;
  const ServiceRecord* other;
  // The first port they share.
  Port port;
};

// Returns true if two scopes have a place in common: one is empty, or its labels begin
// the other's.
bool ScopesOverlap(absl::string_view one, absl::string_view other);

// "line 3 (billing) and line 7 (audit) both claim port 7000/tcp".
std::string ToString(const Collision& collision);

// The collisions within `layer`, each pair of records once, in the order of
// their ports; at most `limit` of them. Of rows that repeat a name on a port
// and transport, one stands for all. Collisions view the registry.
std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_COLLISION_H_
