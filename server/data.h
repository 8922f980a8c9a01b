// Loads the registry that the operator asked for.
#ifndef PORTREG_SERVER_DATA_H_
#define PORTREG_SERVER_DATA_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/registry.h"

namespace portreg {

// Where the layers come from.
struct DataOptions {
  // IANA's CSV file, in place of the embedded snapshot.
  // Default: empty, the embedded snapshot.
  std::string iana_file;
  // CSV file of the operator's own assignments, with IANA's columns and
  // perhaps "Owner". Default: empty, no layer local.
  std::string local_file;
  // Takes an IANA file with over 5 % fewer rows than the embedded snapshot.
  // Default: no, such a file seems cut off.
  bool allow_fewer_rows = false;
  // Whether the message of a refused file lists each row that cannot be used.
  // Default: no, the first ten.
  bool list_every_row = false;
};

// Reads the layers and builds the registry. INVALID_ARGUMENT, NOT_FOUND or
// PERMISSION_DENIED, naming the file and where in it, if one is unusable.
absl::StatusOr<Registry> LoadRegistry(const DataOptions& options);

// What --check prints: for each layer its origin, its records by kind and each
// row that could not be used; local names that break RFC 6335's syntax; and
// collisions within the local layer.
struct CheckReport {
  std::string text;
  // Whether there is no collision.
  bool passed = true;
};

CheckReport Report(const Registry& registry);

}  // namespace portreg

#endif  // PORTREG_SERVER_DATA_H_
