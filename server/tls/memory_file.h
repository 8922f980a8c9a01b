// Holds a file in memory that only this process can open.
#ifndef PORTREG_SERVER_TLS_MEMORY_FILE_H_
#define PORTREG_SERVER_TLS_MEMORY_FILE_H_

#include <ctime>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "openssl/types.h"

namespace portreg::server {

// A file in memory whose content is replaced atomically: a reader that opens its path
// finds either the old or the new content, complete. It is never written to a disk,
// needs no writable directory, and ends with the process.
//
// Not thread-safe. Any thread of the process may read from the path.
class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  // Prepares the bytes that `write` writes as the next content. An error, which is also
  // returned if `write` returns false, changes nothing.
  absl::Status Prepare(const std::function<bool(BIO*)>& write);

  // Replaces the content with the prepared one, if there is one. The time of modification
  // differs from that of every earlier content by at least a second. On error, the old
  // content stays.
  absl::Status Replace();

  // Returns the path. Call it after the first Replace, which creates the file.
  [[nodiscard]] std::string path() const;

 private:
  int fd_ = -1;
  // The prepared content; negative if there is none.
  int next_ = -1;
  // Number of contents so far. It is also the last one's time of modification.
  time_t generation_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_MEMORY_FILE_H_
