#include "server/reload/file_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace portreg::server {
namespace {

int64_t Nanoseconds(const statx_timestamp& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileWatch::FileWatch(const std::vector<std::string>& paths) {
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(paths_),
               [](const std::string& path) { return !path.empty(); });
  last_ = Stat();
  taken_ = last_;
}

FileChange FileWatch::Look() {
  std::vector<File> now = Stat();
  std::swap(now, last_);
  const std::vector<File>& before = now;
  const bool settled = last_ == before;
  if (settled || last_ == taken_) {
    changed_looks_ = replaced_looks_ = 0;
    return std::exchange(taken_, last_) == last_ ? FileChange::kNone : FileChange::kSettled;
  }
  ++changed_looks_;
  replaced_looks_ = IsWritten(before, last_) ? 0 : replaced_looks_ + 1;
  if (changed_looks_ < kMostLooks) return FileChange::kChanging;
  if (replaced_looks_ < kMostLooks) return FileChange::kWritten;
  changed_looks_ = replaced_looks_ = 0;
  taken_ = last_;
  return FileChange::kReplaced;
}

std::vector<FileWatch::File> FileWatch::Stat() const {
  std::vector<File> files;
  files.reserve(paths_.size());
  for (const std::string& path : paths_) {
    struct statx found;
    if (statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
      files.push_back({.error = errno});
      continue;
    }
    const bool has_birth = (found.stx_mask & STATX_BTIME) != 0;
    files.push_back({.error = 0,
                     .device = makedev(found.stx_dev_major, found.stx_dev_minor),
                     .inode = found.stx_ino,
                     .born = has_birth ? Nanoseconds(found.stx_btime) : 0,
                     .size = found.stx_size,
                     .modified = Nanoseconds(found.stx_mtime),
                     .status_changed = Nanoseconds(found.stx_ctime)});
  }
  return files;
}

// Compares the times of creation too, because file systems soon use the number of a
// deleted inode again.
bool FileWatch::IsWritten(const std::vector<File>& before, const std::vector<File>& after) {
  for (size_t i = 0; i < after.size(); ++i) {
    const File& a = before[i];
    const File& b = after[i];
    const bool same_file = a.error == 0 && b.error == 0 && a.device == b.device &&
                           a.inode == b.inode && a.born == b.born;
    if (same_file && a != b) return true;
  }
  return false;
}

}  // namespace portreg::server
