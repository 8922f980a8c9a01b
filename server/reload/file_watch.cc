#include "server/reload/file_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/data/table_files.h"

namespace portreg::server {

FileWatch::FileWatch(const std::vector<std::string>& paths) {
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(paths_),
               [](const std::string& path) { return !path.empty(); });
  last_ = States();
  taken_ = last_;
}

FileChange FileWatch::Look() {
  std::vector<WatchedFile> now = States();
  std::swap(now, last_);
  const std::vector<WatchedFile>& before = now;
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

std::vector<FileWatch::WatchedFile> FileWatch::States() const {
  std::vector<WatchedFile> files;
  files.reserve(paths_.size());
  for (const std::string& path : paths_) {
    const absl::StatusOr<std::vector<std::string>> found = FindTableFiles({path});
    // Watches a path that does not exist, and a folder that cannot be used.
    if (!found.ok()) files.push_back({path, FileState::Of(path)});
    if (!found.ok()) continue;
    for (const std::string& file : *found) files.push_back({file, FileState::Of(file)});
  }
  return files;
}

bool FileWatch::IsWritten(const std::vector<WatchedFile>& before,
                          const std::vector<WatchedFile>& after) {
  absl::flat_hash_map<absl::string_view, const FileState*> earlier;
  for (const WatchedFile& file : before) earlier.try_emplace(file.path, &file.state);
  return std::any_of(after.begin(), after.end(), [&earlier](const WatchedFile& file) {
    const auto found = earlier.find(file.path);
    return found != earlier.end() && found->second->IsSameFile(file.state) &&
           *found->second != file.state;
  });
}

}  // namespace portreg::server
