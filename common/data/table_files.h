// Finds the files of an organisation's own table, which may be kept in several files and
// folders.
#ifndef PORTREG_COMMON_DATA_TABLE_FILES_H_
#define PORTREG_COMMON_DATA_TABLE_FILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace portreg {

// The most files of one table.
inline constexpr size_t kMaxTableFiles = 1'000;

// Returns the files at `paths`, in this order. A folder stands for each file in it whose
// name ends with ".csv", ignoring case, and does not begin with a dot, in the order of the
// names' bytes. Folders in a folder are not searched. Symbolic links are followed, as
// Kubernetes' mounted ConfigMaps need it. Empty paths are ignored.
//
// Returns the error of the system (such as NOT_FOUND or PERMISSION_DENIED) if a path does
// not exist or a folder cannot be read, and INVALID_ARGUMENT if a folder holds no such
// file, if a file is found twice, or if there are more than kMaxTableFiles. Does not open
// the files. The message begins with the path.
absl::StatusOr<std::vector<std::string>> FindTableFiles(const std::vector<std::string>& paths);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_TABLE_FILES_H_
