// Loads the registry that the operator asked for.
#ifndef PORTREG_SERVER_DATA_H_
#define PORTREG_SERVER_DATA_H_

#include <string>
#include <vector>

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
  // Takes an IANA file with over 5 % fewer rows than the last good data.
  // Default: no, such a file seems cut off.
  bool allow_fewer_rows = false;
  // Whether the message of a refused file lists each row that cannot be used.
  // Default: no, the first ten.
  bool list_every_row = false;
};

// Reads the layers and builds the registry. `last_good` is the registry that it
// would replace; at start, nullptr, the embedded snapshot stands for it.
// INVALID_ARGUMENT, NOT_FOUND or PERMISSION_DENIED, naming the file and where in
// it, if one is unusable.
absl::StatusOr<Registry> LoadRegistry(const DataOptions& options,
                                      const Registry* last_good = nullptr);

// The files that such a registry is made of.
std::vector<std::string> FilesOf(const DataOptions& options);

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
