// Reads the own tables of a check, and compares their rows with each other.
#ifndef PORTREG_CLIENT_CLI_CHECK_CHECKED_TABLES_H_
#define PORTREG_CLIENT_CLI_CHECK_CHECKED_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "client/cli/check/check_finding.h"
#include "common/judgement/claim.h"
#include "common/model/port.h"

namespace portreg::cli {

// The most records of all tables of a check together.
inline constexpr size_t kMaxCheckedRecords = 200'000;

// A row of a table.
struct TableRow {
  // The index in CheckedTables::files.
  size_t file = 0;
  uint32_t line = 0;
  // Empty: the row registers a name without a port.
  std::vector<PortRange> ports;
  TransportSet transports = TransportSet::None();
  std::string service;
  // Without blanks around it.
  std::string owner;
  std::string scope;
  // A retired row claims no port.
  bool retired = false;
};

struct CheckedTables {
  // The paths of the tables.
  std::vector<std::string> files;
  // The usable rows, in the order of files and lines.
  std::vector<TableRow> rows;
  // The findings that need no other source: rows that portregd refuses, columns that it does not
  // read, invalid names, collisions, repetitions, and rows that are deprecated, past their last
  // day, or on a port that another row has retired.
  std::vector<CheckFinding> findings;
  // The rows that portregd refuses.
  size_t unusable_count = 0;
  // The number of warnings, or less grave findings, that are counted but not known.
  size_t missing_count = 0;
  // True if there are more collisions or repetitions than are listed.
  bool more_pairs = false;
};

// Reads the tables at `paths`, which are files and folders as portregd accepts them.
// `today` decides which rows are past their last day. Returns an error, which names the
// path, for a file that cannot be read, and RESOURCE_EXHAUSTED if there are more than
// kMaxCheckedRecords. Faults of a table are not errors, but findings. If the tables exceed the
// limits of a registry, one row is refused, and rows are not compared with each other.
absl::StatusOr<CheckedTables> ReadCheckedTables(const std::vector<std::string>& paths,
                                                absl::CivilDay today);

// Returns a text such as "7100-7149/tcp" or "7100/tcp,udp"; without transports if the set contains
// all of them.
std::string ToString(PortRange ports, TransportSet transports);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_CHECKED_TABLES_H_
