// Notices that files change.
#ifndef PORTREG_SERVER_FILE_WATCH_H_
#define PORTREG_SERVER_FILE_WATCH_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace portreg {

// Compares what paths lead to, through symbolic links too (Kubernetes replaces
// a mounted ConfigMap or Secret by pointing a link to another directory), with
// what they led to before. It looks instead of being told: that works on every
// file system, and costs one stat(2) a path and look.
//
// Make it before the files are first read, so that no change falls in between.
// Not for use by several threads at once.
class FileWatch {
 public:
  // Takes the first look. Empty paths are left out.
  explicit FileWatch(const std::vector<std::string>& paths);

  // Takes another look: whether files have changed, come or gone since the last
  // time it returned true, or since the first look. A change counts once two
  // looks in a row find the same: a file that is being written is let be. Call
  // it at regular intervals. The same content counts too, if it is written anew.
  [[nodiscard]] bool Changed();

 private:
  // What stat(2) says of one path.
  struct File {
    // 0, or why there is nothing to be seen.
    int error = 0;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    // In nanoseconds.
    int64_t modified = 0;
    int64_t status_changed = 0;

    bool operator==(const File&) const = default;
  };

  [[nodiscard]] std::vector<File> Look() const;

  std::vector<std::string> paths_;
  // At the last look.
  std::vector<File> last_;
  // What the caller knows of.
  std::vector<File> known_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_FILE_WATCH_H_
