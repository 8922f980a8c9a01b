// Writes a registry as the data that the page's script reads.
#ifndef PORTREG_COMMON_PAGE_PAGE_DATA_H_
#define PORTREG_COMMON_PAGE_PAGE_DATA_H_

#include "common/model/registry.h"
#include "nlohmann/json.hpp"

namespace portreg {

// Returns the data of the page: the records, and what the registry says about each port
// and each name. web/records.js reads it.
nlohmann::ordered_json PageData(const Registry& registry);

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_DATA_H_
