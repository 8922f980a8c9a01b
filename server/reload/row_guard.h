// Refuses own tables that lose many rows at once.
#ifndef PORTREG_SERVER_RELOAD_ROW_GUARD_H_
#define PORTREG_SERVER_RELOAD_ROW_GUARD_H_

#include "absl/status/status.h"
#include "common/model/registry.h"

namespace portreg::server {

// Returns INVALID_ARGUMENT, with the numbers and the remedy, if an own table of `next`
// has lost rows of `served` that a careless edit may have removed: all of them, or over
// 25 % and at least 10. The layer local is one table and the records of kSiteSource are
// another, whatever their files are, so that rows may move between files.
//
// A row is lost if no record of the new table covers its ports on its transport (on any
// transport if it has none) in an overlapping scope. A row without a port is lost if its
// name is. A row therefore may get another name, owner, description or status without
// being lost.
absl::Status CheckOwnRows(const Registry& served, const Registry& next);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_ROW_GUARD_H_
