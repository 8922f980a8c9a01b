// Logs what a registry contains and how a reload has changed it.
#ifndef PORTREG_SERVER_RELOAD_DATA_LOG_H_
#define PORTREG_SERVER_RELOAD_DATA_LOG_H_

#include "common/model/registry.h"

namespace portreg::server {

// Logs, for each layer that differs, how many records were added, removed and changed, and
// names the first few of each kind.
void LogChanges(const Registry& before, const Registry& after);

// Logs a warning for each collision and each repetition within the layer local, at most
// ten of each kind, and one more line if there are others.
void LogCollisions(const Registry& registry);

// Logs a warning for each column of an own table that is not read.
void LogUnreadColumns(const Registry& registry);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_DATA_LOG_H_
