// Reads files of bounded size.
#ifndef PORTREG_CLIENT_CLI_AUDIT_SMALL_FILE_H_
#define PORTREG_CLIENT_CLI_AUDIT_SMALL_FILE_H_

#include <cstddef>
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"

namespace portreg::cli {

// Returns the contents of a file, also of one in /proc, whose size is not known before it
// is read. Returns the system's error if it cannot be read, and RESOURCE_EXHAUSTED if it
// has more than `max_bytes`. The message does not name the file.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes);

// Like the function above, for a stream that is open.
absl::StatusOr<std::string> ReadSmallFile(std::FILE* file, size_t max_bytes);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_SMALL_FILE_H_
