// Excludes other processes by a lock on a file.
#ifndef PORTREG_SERVER_NET_FILE_LOCK_H_
#define PORTREG_SERVER_NET_FILE_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace portreg::server {

// An exclusive lock on a file (flock(2)), held until the object is destroyed.
// The kernel releases the locks of a process that dies.
class FileLock {
 public:
  // Creates the file, which only its owner may read and write, if it does not exist,
  // and waits up to `patience` for the lock. Returns UNAVAILABLE, naming the file, if
  // the file cannot be opened or another process keeps the lock.
  static absl::StatusOr<FileLock> Acquire(const std::string& path, absl::Duration patience);

  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_FILE_LOCK_H_
