#include "server/reload/file_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace portreg::server {

FileWatch::FileWatch(const std::vector<std::string>& paths) {
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(paths_),
               [](const std::string& path) { return !path.empty(); });
  last_ = States();
  taken_ = last_;
}

FileChange FileWatch::Look() {
  std::vector<FileState> now = States();
  std::swap(now, last_);
  const std::vector<FileState>& before = now;
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

std::vector<FileState> FileWatch::States() const {
  std::vector<FileState> states;
  states.reserve(paths_.size());
  for (const std::string& path : paths_) states.push_back(FileState::Of(path));
  return states;
}

bool FileWatch::IsWritten(const std::vector<FileState>& before,
                          const std::vector<FileState>& after) {
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i].IsSameFile(after[i]) && before[i] != after[i]) return true;
  }
  return false;
}

}  // namespace portreg::server
