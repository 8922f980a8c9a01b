#include "server/net/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portreg::server {
namespace {

constexpr std::chrono::milliseconds kLockPause(5);

absl::Status NoLock(const std::string& path, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("lock file ", path, ": ", why));
}

// Returns true if the path still leads to the file that was opened.
bool IsAt(int fd, const std::string& path) {
  struct stat opened;
  struct stat found;
  return fstat(fd, &opened) == 0 && lstat(path.c_str(), &found) == 0 &&
         opened.st_dev == found.st_dev && opened.st_ino == found.st_ino;
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path, absl::Duration patience) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
  while (true) {
    FileLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.fd_ < 0) return NoLock(path, strerror(errno));
    const bool locked = flock(lock.fd_, LOCK_EX | LOCK_NB) == 0;
    // Checks the path, because a lock on a file that was removed in the meantime does not
    // exclude other processes.
    if (locked && IsAt(lock.fd_, path)) return lock;
    if (!locked && errno != EWOULDBLOCK && errno != EINTR) return NoLock(path, strerror(errno));
    if (std::chrono::steady_clock::now() >= end) {
      return NoLock(path, "another process keeps it locked");
    }
    std::this_thread::sleep_for(kLockPause);
  }
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace portreg::server
