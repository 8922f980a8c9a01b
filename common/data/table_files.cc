#include "common/data/table_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portreg {
namespace {

namespace fs = std::filesystem;

absl::Status SystemError(const std::string& path, const std::error_code& error,
                         absl::string_view what) {
  const absl::Status status = absl::ErrnoToStatus(error.value(), what);
  return {status.code(), absl::StrCat(path, ": ", status.message())};
}

absl::Status TooMany(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": more than ", kMaxTableFiles,
                                                 " files in all, at most ", kMaxTableFiles,
                                                 " are allowed"));
}

bool IsTable(const std::string& name) {
  return !absl::StartsWith(name, ".") && absl::EndsWithIgnoreCase(name, ".csv");
}

// Returns the sorted names of the tables in a folder.
absl::StatusOr<std::vector<std::string>> TablesIn(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!IsTable(name)) continue;
    if (names.size() == kMaxTableFiles) return TooMany(folder);
    names.push_back(std::move(name));
  }
  if (error) return SystemError(folder, error, "cannot be read");
  if (names.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(folder, ": folder without a file whose name ends with .csv"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindTableFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  absl::flat_hash_set<std::string> seen;
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return SystemError(path, error, "cannot be opened");
    std::vector<std::string> found = {path};
    if (fs::is_directory(status)) {
      absl::StatusOr<std::vector<std::string>> names = TablesIn(path);
      if (!names.ok()) return names.status();
      found = *std::move(names);
      for (std::string& name : found) name = (fs::path(path) / name).string();
    }
    for (std::string& file : found) {
      if (!seen.insert(fs::path(file).lexically_normal().string()).second) {
        return absl::InvalidArgumentError(absl::StrCat(file, ": file is named twice"));
      }
      if (files.size() == kMaxTableFiles) return TooMany(path);
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace portreg
