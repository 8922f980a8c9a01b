#include "server/file_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace portreg {
namespace {

int64_t Nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileWatch::FileWatch(const std::vector<std::string>& paths) {
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(paths_),
               [](const std::string& path) { return !path.empty(); });
  last_ = Look();
  known_ = last_;
}

bool FileWatch::Changed() {
  std::vector<File> now = Look();
  const bool settled = now == last_;
  last_ = std::move(now);
  if (!settled || last_ == known_) return false;
  known_ = last_;
  return true;
}

std::vector<FileWatch::File> FileWatch::Look() const {
  std::vector<File> files;
  files.reserve(paths_.size());
  for (const std::string& path : paths_) {
    struct stat found;
    if (stat(path.c_str(), &found) != 0) {
      files.push_back({.error = errno});
      continue;
    }
    files.push_back({.error = 0,
                     .device = found.st_dev,
                     .inode = found.st_ino,
                     .size = found.st_size,
                     .modified = Nanoseconds(found.st_mtim),
                     .status_changed = Nanoseconds(found.st_ctim)});
  }
  return files;
}

}  // namespace portreg
