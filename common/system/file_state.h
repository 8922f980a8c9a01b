// Describes a file at one moment, so that a change is noticed without reading it.
#ifndef PORTREG_COMMON_SYSTEM_FILE_STATE_H_
#define PORTREG_COMMON_SYSTEM_FILE_STATE_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdint>
#include <string>

namespace portreg {

// A file's device, inode, size and times, or why there is no file. Two states of
// a path are equal if the file was neither written nor replaced between them;
// they differ also if the same content was written anew. Immutable.
//
// Defined in the header, because the client library does not link portreg_common.
class FileState {
 public:
  // Returns the state of the file that `path` leads to, through symbolic links
  // too. Costs one statx(2).
  [[nodiscard]] static FileState Of(const std::string& path) {
    FileState state;
    struct statx found;
    if (statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
      state.error_ = errno;
      return state;
    }
    state.device_ = makedev(found.stx_dev_major, found.stx_dev_minor);
    state.inode_ = found.stx_ino;
    if ((found.stx_mask & STATX_BTIME) != 0) state.born_ = Nanoseconds(found.stx_btime);
    state.size_ = found.stx_size;
    state.modified_ = Nanoseconds(found.stx_mtime);
    state.status_changed_ = Nanoseconds(found.stx_ctime);
    return state;
  }

  // Returns true if both are states of the same existing file. If they differ, it
  // was written in place. The time of birth counts, because the number of an inode
  // is soon used again.
  [[nodiscard]] bool IsSameFile(const FileState& other) const {
    return error_ == 0 && other.error_ == 0 && device_ == other.device_ && inode_ == other.inode_ &&
           born_ == other.born_;
  }

  friend bool operator==(const FileState& a, const FileState& b) = default;

 private:
  FileState() = default;

  static int64_t Nanoseconds(const statx_timestamp& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  }

  // 0, or the errno of statx(2).
  int error_ = 0;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  // Times are in nanoseconds; the time of birth is 0 if the file system has none.
  int64_t born_ = 0;
  uint64_t size_ = 0;
  int64_t modified_ = 0;
  int64_t status_changed_ = 0;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_FILE_STATE_H_
