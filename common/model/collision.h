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

// Two records of one layer that claim the same place: they share a port, a transport
// and a scope. A record without a transport shares every transport. Retired records do
// not collide, nor do two rows of the same service and owner, nor a record and another
// that it refines. A record refines another of the same owner if one of them is a block
// (a record without a name), or if one's range lies within the other's.
struct Collision {
  const ServiceRecord* one;
  const ServiceRecord* other;
  // The first port they share.
  Port port;
};

// Returns true if one scope contains the other. The empty scope contains every scope.
// Any other scope contains itself and the scopes that begin with its labels: eu
// contains eu/prod.
bool ScopesOverlap(absl::string_view one, absl::string_view other);

// Returns text such as "line 3 (billing) and line 7 (audit) both claim port 7000/tcp".
std::string ToString(const Collision& collision);

// Returns the collisions within `layer`, each pair of records once, in the order of
// their ports; at most `limit` of them. Rows that repeat the name, owner, scope and
// transport of another row on a port count as one. The registry must outlive the
// result.
std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_COLLISION_H_
