// A file that only this process has.
#ifndef PORTREG_SERVER_TLS_MEMORY_FILE_H_
#define PORTREG_SERVER_TLS_MEMORY_FILE_H_

#include <ctime>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "openssl/types.h"

namespace portreg::server {

// A file in memory whose content is replaced as a whole: whoever opens its path
// finds one content or the next, complete. It never touches a disk, needs no
// writable directory, and is gone with the process.
//
// Not for use by several threads at once; readers of the path may be anywhere
// in the process.
class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  // Puts what `write` writes in the content's place. Its time of modification
  // differs from that of every content before by whole seconds. An error, also
  // if `write` returns false, leaves the old content.
  absl::Status Replace(const std::function<bool(BIO*)>& write);

  // There is none before the first Replace.
  [[nodiscard]] std::string path() const;

 private:
  int fd_ = -1;
  // How many contents there have been, which is the last one's time.
  time_t generation_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_MEMORY_FILE_H_
