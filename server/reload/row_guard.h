// Refuses own tables that lose many rows at once.
#ifndef PORTREG_SERVER_RELOAD_ROW_GUARD_H_
#define PORTREG_SERVER_RELOAD_ROW_GUARD_H_

#include "absl/status/status.h"
#include "common/model/registry.h"

namespace portreg::server {

// Returns INVALID_ARGUMENT, with the numbers and the remedy, if an own table of `next`
// has lost rows of `served` that a careless edit may have removed: all of them, or over
// 25 % and at least 10. The layer local is one table and the records of kSiteSource are
// another, whatever their files are, so that rows may move between files. Retired rows
// count only in a table that has no others.
//
// A row is kept by a row of the new table that is of the same kind (a service, a block or
// a name without a port), on its transport (any transport if it has none), in an
// overlapping scope, and not retired unless the earlier row is. It must have
// - the earlier row's ports, under any name and owner, or
// - its name (also as an alias) and owner, and a range around its ports, or
// - its name and owner, and other ports. A block must share a port with it. Such a row has
//   moved; each row of the new table keeps only one that has moved.
// A row without a port is kept by its name alone. A wide row of another service or owner
// keeps nothing, because the services within it would lose their names and ports.
absl::Status CheckOwnRows(const Registry& served, const Registry& next);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_ROW_GUARD_H_
