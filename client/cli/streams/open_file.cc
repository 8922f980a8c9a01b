#include "client/cli/streams/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace portreg::cli {

absl::Status FileError(absl::string_view path, int error) {
  return absl::ErrnoToStatus(
      error, absl::StrCat(path == "-" ? "standard input" : path, " cannot be read"));
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ > STDERR_FILENO) close(descriptor_);
}

absl::StatusOr<OpenFile> OpenFile::ForReading(const std::string& path) {
  const int descriptor = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileError(path, errno);
  OpenFile file(descriptor);
  struct stat about = {};
  if (fstat(descriptor, &about) != 0) return FileError(path, errno);
  // Linux opens directories, and fails only when they are read.
  if (S_ISDIR(about.st_mode)) return FileError(path, EISDIR);
  return file;
}

}  // namespace portreg::cli
