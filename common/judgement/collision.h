// Finds ports that one layer gives to two services or owners, or twice to one.
#ifndef PORTREG_COMMON_JUDGEMENT_COLLISION_H_
#define PORTREG_COMMON_JUDGEMENT_COLLISION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Two records of one layer that claim the same place: they share a port, a transport
// and a scope. A record without a transport shares every transport. A record without
// both name and owner claims nothing, nor does a retired one.
//
// Owners are compared without blanks around them, and names without regard to case.
// - The pair is a repetition if both records have the same name and owner. Blocks
//   (records without a name) repeat each other only if their ranges are equal.
// - Otherwise the pair is a collision, unless one record refines the other: both have
//   the same owner, and one of them is a block, or one's range lies within the other's.
struct Collision {
  // In the order of their files and lines.
  const ServiceRecord* one;
  const ServiceRecord* other;
  // The first port they share.
  Port port;
};

// Returns true if two records that share a port collide.
bool Collide(const ServiceRecord& one, const ServiceRecord& other);

// Returns text such as "line 3 (billing) and line 7 (audit) both claim port 7000/tcp".
// If the layer has several files, it names the file before each line.
std::string ToString(const Registry& registry, const Collision& collision);

// Returns the place of a record in its layer: "line 3", or "ports.csv, line 3" if the
// layer has several files.
std::string PlaceOf(const Registry& registry, const ServiceRecord& record);

// Return the collisions or the repetitions within `layer`, each pair of records once, in
// the order of their ports; at most `limit` of them. Records that are equal in name,
// owner, scope, transport and ports count as one for collisions. The result does not
// depend on the order of rows. The registry must outlive it.
std::vector<Collision> FindCollisions(const Registry& registry, Layer layer, size_t limit);
std::vector<Collision> FindRepetitions(const Registry& registry, Layer layer, size_t limit);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_COLLISION_H_
