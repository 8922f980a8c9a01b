// Makes the entity tag of answers that depend on the registry alone.
#ifndef PORTREG_SERVER_WEB_ENTITY_TAG_H_
#define PORTREG_SERVER_WEB_ENTITY_TAG_H_

#include <string>

#include "common/model/registry.h"

namespace portreg::server {

// Returns the weak entity tag of the answers from a registry, such as W/"a1b2-1.0.0". It
// contains the revision of the registry. It also contains the version of the program, because
// another version may answer differently.
std::string EntityTagOf(const Registry& registry);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_ENTITY_TAG_H_
