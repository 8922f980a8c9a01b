#include "server/tls/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "openssl/bio.h"

namespace portreg::server {
namespace {

int Create() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  // The value of MFD_NOEXEC_SEAL, which Linux has since 6.3. A system may refuse to create files
  // in memory without it (sysctl vm.memfd_noexec).
  constexpr unsigned kNoExecSeal = 8;
  const int fd = memfd_create("portreg", kFlags | kNoExecSeal);
  if (fd >= 0 || errno != EINVAL) return fd;
  return memfd_create("portreg", kFlags);
}

// Sets the time of modification of a complete file, and forbids all further changes of the file.
bool Finish(int fd, time_t time) {
  const std::array<timespec, 2> times = {{{time, 0}, {time, 0}}};
  return fchmod(fd, S_IRUSR) == 0 && futimens(fd, times.data()) == 0 &&
         fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

}  // namespace

MemoryFile::~MemoryFile() {
  for (const int fd : {fd_, next_}) {
    if (fd >= 0) close(fd);
  }
}

absl::Status MemoryFile::Prepare(const std::function<bool(BIO*)>& write) {
  const int fd = Create();
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot make a file in memory");
  absl::Cleanup close_fd = [fd] { close(fd); };
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_fd(fd, BIO_NOCLOSE), BIO_free);
  if (bio == nullptr || !write(bio.get())) {
    return absl::InternalError("cannot write a file in memory");
  }
  if (!Finish(fd, generation_ + 1)) {
    return absl::ErrnoToStatus(errno, "cannot finish a file in memory");
  }
  std::move(close_fd).Cancel();
  if (next_ >= 0) close(next_);
  next_ = fd;
  return absl::OkStatus();
}

absl::Status MemoryFile::Replace() {
  if (next_ < 0) return absl::OkStatus();
  if (fd_ < 0) {
    fd_ = std::exchange(next_, -1);
  } else if (dup3(next_, fd_, O_CLOEXEC) < 0) {
    return absl::ErrnoToStatus(errno, "cannot replace a file in memory");
  } else {
    close(std::exchange(next_, -1));
  }
  ++generation_;
  return absl::OkStatus();
}

std::string MemoryFile::path() const { return absl::StrCat("/proc/self/fd/", fd_); }

}  // namespace portreg::server
