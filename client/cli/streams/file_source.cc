#include "client/cli/streams/file_source.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace portreg::cli {

FileSource::FileSource(std::string path, OpenFile file, const StopSignal& stop)
    : path_(std::move(path)), file_(std::move(file)), stop_(stop) {
  struct stat about = {};
  if (fstat(file_.descriptor(), &about) == 0 && S_ISREG(about.st_mode)) {
    total_ = static_cast<uint64_t>(about.st_size);
  }
}

absl::StatusOr<absl::string_view> FileSource::Peek(size_t size) {
  peeked_.resize(size);
  size_t got = 0;
  while (got < size) {
    const absl::StatusOr<size_t> count = ReadFile(peeked_.data() + got, size - got);
    if (!count.ok()) return count.status();
    if (*count == 0) break;
    got += *count;
  }
  peeked_.resize(got);
  return peeked_;
}

absl::StatusOr<size_t> FileSource::Read(char* to, size_t size) {
  if (peeked_.empty()) return ReadFile(to, size);
  const size_t count = std::min(size, peeked_.size());
  std::memcpy(to, peeked_.data(), count);
  peeked_.erase(0, count);
  return count;
}

bool FileSource::WouldWait() {
  if (total_ || !peeked_.empty()) return false;
  pollfd file = {file_.descriptor(), POLLIN, 0};
  return poll(&file, 1, 0) == 0;
}

absl::StatusOr<size_t> FileSource::ReadFile(char* to, size_t size) {
  while (true) {
    if (!total_) stop_.Wait(file_.descriptor(), -1);
    if (stop_.stopped()) return 0;
    const ssize_t count = read(file_.descriptor(), to, size);
    if (count >= 0) {
      position_ += static_cast<uint64_t>(count);
      return static_cast<size_t>(count);
    }
    if (errno != EINTR && errno != EAGAIN) return FileError(path_, errno);
  }
}

}  // namespace portreg::cli
