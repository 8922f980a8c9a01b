// Loads the registry that the operator asked for.
#ifndef PORTREG_SERVER_RELOAD_REGISTRY_FILES_H_
#define PORTREG_SERVER_RELOAD_REGISTRY_FILES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/model/registry.h"
#include "server/replies/registry_bytes.h"
#include "server/replies/snapshot.h"

namespace portreg::server {

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
  // The most memory that a registry may take with its index and stored replies,
  // in bytes. Default: 192 MiB.
  size_t max_bytes = kDefaultMaxRegistryBytes;
};

// Reads the layers and builds the registry. `last_good` is the registry that it
// would replace; at start, nullptr, the embedded snapshot stands for it.
// INVALID_ARGUMENT, NOT_FOUND or PERMISSION_DENIED, naming the file and where in
// it, if one is unusable; RESOURCE_EXHAUSTED if the data exceeds
// `options.max_bytes`, or if it cannot be allocated.
absl::StatusOr<Registry> LoadRegistry(const DataOptions& options,
                                      const Registry* last_good = nullptr);

// Builds the snapshot of what LoadRegistry returns. Nothing if it would be made of
// the same files as `last_good`. Errors as of LoadRegistry.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(const DataOptions& options,
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

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_REGISTRY_FILES_H_
