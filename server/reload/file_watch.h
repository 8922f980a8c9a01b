// Notices that files change.
#ifndef PORTREG_SERVER_RELOAD_FILE_WATCH_H_
#define PORTREG_SERVER_RELOAD_FILE_WATCH_H_

#include <string>
#include <vector>

#include "common/system/file_state.h"

namespace portreg::server {

// The result of a look. It compares the files with their state when they were last
// taken, that is, when a look told the caller to read them.
enum class FileChange {
  // They have not changed.
  kNone,
  // They have changed, and did so since the last look. A file may be incomplete,
  // because a program may still be writing it.
  kChanging,
  // They have changed, but not between the last two looks. They count as taken.
  kSettled,
  // They changed before each of the last kMostLooks looks, each time because a
  // complete file replaced another one. They count as taken.
  kReplaced,
  // They changed before each of the last kMostLooks looks or more, and a program
  // writes a file in place. That file may be incomplete.
  kWritten,
};

// Notices changes of the files at some paths. A folder stands for its tables, as
// FindTableFiles finds them: a table that is added or removed is a change too. Follows
// symbolic links, because Kubernetes replaces a mounted ConfigMap or Secret by pointing a
// link to another directory. Polls with statx(2), which works on every file system.
//
// Construct it before the files are first read, so that it misses no change.
// Not thread-safe.
class FileWatch {
 public:
  // Number of looks in a row that find another change, after which files that are
  // replaced as a whole are taken.
  static constexpr int kMostLooks = 5;

  // Takes the first look; the files count as taken. Ignores empty paths.
  explicit FileWatch(const std::vector<std::string>& paths);

  // Takes another look. Call it at regular intervals. A file that was written again
  // with the same content counts as changed.
  [[nodiscard]] FileChange Look();

 private:
  struct WatchedFile {
    std::string path;
    FileState state;

    friend bool operator==(const WatchedFile& a, const WatchedFile& b) = default;
  };

  [[nodiscard]] std::vector<WatchedFile> States() const;
  // Returns true if a file has been written in place between two looks.
  static bool IsWritten(const std::vector<WatchedFile>& before,
                        const std::vector<WatchedFile>& after);

  std::vector<std::string> paths_;
  // The files at the last look.
  std::vector<WatchedFile> last_;
  // The files when they were last taken.
  std::vector<WatchedFile> taken_;
  // Number of looks in a row that found another change, and number of the latest of
  // these that found only files replaced as a whole.
  int changed_looks_ = 0;
  int replaced_looks_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_RELOAD_FILE_WATCH_H_
