// Loads the registry from the files that the options name, and reports on it.
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

// The files of the layers, and the conditions under which they are accepted.
struct DataOptions {
  // IANA's CSV file, which replaces the embedded snapshot.
  // Default: empty, the embedded snapshot.
  std::string iana_file;
  // Files and folders with the operator's own assignments, see common/data/own_table.h and
  // common/data/table_files.h. Default: none, no local layer.
  std::vector<std::string> local_files = {};
  // Files and folders, in the same format, that say what this site's software listens on.
  // They add records of kSiteSource to the layer common. Default: none.
  std::vector<std::string> common_files = {};
  // CSV file of range rules that replace the embedded ones kind by kind, see
  // common/data/range_table.h. Default: empty, the embedded rules.
  std::string ranges_file = {};
  // Accepts an IANA file with over 5 % fewer rows than the last good data, and own tables
  // that lose many rows (row_guard.h). Default: false, because such files are probably cut
  // off.
  bool allow_fewer_rows = false;
  // The most unusable rows that the message about a refused file lists. Default: 10.
  size_t max_rows_listed = 10;
  // Bytes of memory that a registry may take with its index and stored replies.
  // Default: 192 MiB.
  size_t max_bytes = kDefaultMaxRegistryBytes;
};

// Reads the layers and builds the registry. `last_good` is the registry that it
// would replace, with which the number of IANA's rows and the rows of own tables are
// compared; nullptr at start compares IANA's with the embedded snapshot. Returns INVALID_ARGUMENT,
// NOT_FOUND or PERMISSION_DENIED for an unusable file, naming the file and the place in it. Returns
// RESOURCE_EXHAUSTED if the data exceeds `options.max_bytes`, or if there is not enough memory.
absl::StatusOr<Registry> LoadRegistry(const DataOptions& options,
                                      const Registry* last_good = nullptr);

// Loads the registry and builds its snapshot. Returns nullptr if it would be made of
// the same files as `last_good`. The errors are those of LoadRegistry.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(const DataOptions& options,
                                                             const Registry* last_good = nullptr);

// Returns the files and folders that the options name.
std::vector<std::string> FilesOf(const DataOptions& options);

// The report that --check prints: for each file its origin, its records by kind and
// each row that was set aside; range rules that are not the embedded ones; local names
// that violate the syntax of RFC 6335; and repetitions and collisions within the local
// layer.
struct CheckReport {
  std::string text;
  // False if there is a collision.
  bool passed = true;
};

CheckReport Report(const Registry& registry);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_REGISTRY_FILES_H_
