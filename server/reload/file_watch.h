// Notices that files change.
#ifndef PORTREG_SERVER_RELOAD_FILE_WATCH_H_
#define PORTREG_SERVER_RELOAD_FILE_WATCH_H_

#include <string>
#include <vector>

#include "common/system/file_state.h"

namespace portreg {

// What a look finds, compared with the files as they were last taken.
enum class FileChange {
  // They are the same.
  kNone,
  // They differ, and have changed since the last look: a file that is being
  // written may be incomplete.
  kChanging,
  // They differ, and were the same at two looks in a row. Taken now.
  kSettled,
  // They have changed before each of kMostLooks looks, and each time a file was
  // replaced as a whole: what is there is complete. Taken now.
  kReplaced,
  // They have changed before each of kMostLooks looks or more, and a file is
  // being written in place: what is there may be incomplete.
  kWritten,
};

// Compares what paths lead to, through symbolic links too (Kubernetes replaces
// a mounted ConfigMap or Secret by pointing a link to another directory), with
// what they led to before. It looks instead of being told: that works on every
// file system, and costs one statx(2) a path and look.
//
// Must be made before the files are first read, so that no change is missed.
// Not thread-safe.
class FileWatch {
 public:
  // Looks at which files that change without pause are taken at the latest.
  static constexpr int kMostLooks = 5;

  // Takes the first look; the files count as taken. Empty paths are left out.
  explicit FileWatch(const std::vector<std::string>& paths);

  // Takes another look, for which it must be called at regular intervals. The
  // same content counts as a change too, if it is written anew.
  [[nodiscard]] FileChange Look();

 private:
  [[nodiscard]] std::vector<FileState> States() const;
  // Returns true if a file has been written in place between two looks.
  static bool IsWritten(const std::vector<FileState>& before, const std::vector<FileState>& after);

  std::vector<std::string> paths_;
  // At the last look.
  std::vector<FileState> last_;
  // When they were last taken.
  std::vector<FileState> taken_;
  // Looks in a row that found another change; of these, the last ones that found
  // files replaced as a whole.
  int changed_looks_ = 0;
  int replaced_looks_ = 0;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_RELOAD_FILE_WATCH_H_
