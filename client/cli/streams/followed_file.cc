#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/streams/byte_source.h"
#include "client/cli/streams/compressed_source.h"
#include "client/cli/streams/open_file.h"

namespace portreg::cli {
namespace {

// The longest wait, in milliseconds, because network file systems report no events.
constexpr int kLongestWaitMs = 1'000;

// Wakes when a file or its folder changes.
class FileEvents {
 public:
  explicit FileEvents(const std::string& path)
      : path_(path), events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    // Watches the folder, so that another file with the name is noticed.
    const std::string folder = std::filesystem::path(path).parent_path().string();
    inotify_add_watch(events_.descriptor(), folder.empty() ? "." : folder.c_str(),
                      IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
    WatchFile();
  }

  // Watches the file that currently has the name, and no longer the one before it.
  void WatchFile() {
    const int before =
        std::exchange(file_watch_, inotify_add_watch(events_.descriptor(), path_.c_str(),
                                                     IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF));
    if (before >= 0 && before != file_watch_) inotify_rm_watch(events_.descriptor(), before);
  }

  void Wait(const StopSignal& stop) {
    stop.Wait(events_.descriptor(), kLongestWaitMs);
    std::array<char, 4096> ignored;
    while (read(events_.descriptor(), ignored.data(), ignored.size()) > 0) {
    }
  }

 private:
  const std::string path_;
  // Has the descriptor -1 if the system allows no more of them. Then each wait lasts
  // kLongestWaitMs.
  const OpenFile events_;
  // The watch of the file; negative if there is none.
  int file_watch_ = -1;
};

class FollowedFile final : public ByteSource {
 public:
  FollowedFile(std::string path, OpenFile file, const StopSignal& stop)
      : path_(std::move(path)), file_(std::move(file)), events_(path_), stop_(stop) {}

  absl::StatusOr<size_t> Read(char* to, size_t size) override {
    while (!stop_.stopped()) {
      // Looks for a change before it reads. If the file is replaced, its last bytes have been
      // written already, so that the read after it gets all of them.
      const Change change = FindChange();
      if (change == Change::kTruncated) {
        next_ = change;
        return 0;
      }
      absl::StatusOr<size_t> count = ReadSome(to, size);
      if (!count.ok() || *count > 0) return count;
      if (change == Change::kReplaced) {
        next_ = change;
        return 0;
      }
      events_.Wait(stop_);
    }
    return 0;
  }

  bool WouldWait() override {
    struct stat about = {};
    return fstat(file_.descriptor(), &about) == 0 &&
           static_cast<uint64_t>(about.st_size) <= position_;
  }

  absl::StatusOr<bool> NextLog() override {
    position_ = 0;
    if (stop_.stopped()) return false;
    if (next_ == Change::kReplaced) return OpenNext();
    if (lseek(file_.descriptor(), 0, SEEK_SET) != 0) {
      return FileError(path_, errno);
    }
    return true;
  }

  [[nodiscard]] bool IsInSameFile() const override { return next_ == Change::kTruncated; }

  [[nodiscard]] uint64_t position() const override { return position_; }

 private:
  enum class Change { kNone, kTruncated, kReplaced };

  [[nodiscard]] Change FindChange() const {
    struct stat ours = {};
    struct stat named = {};
    if (fstat(file_.descriptor(), &ours) != 0) return Change::kNone;
    if (static_cast<uint64_t>(ours.st_size) < position_) return Change::kTruncated;
    if (stat(path_.c_str(), &named) != 0) return Change::kNone;
    const bool is_same = ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
    return is_same ? Change::kNone : Change::kReplaced;
  }

  // Opens the file that currently has the name. Waits until there is one.
  absl::StatusOr<bool> OpenNext() {
    while (!stop_.stopped()) {
      absl::StatusOr<OpenFile> file = OpenFile::ForReading(path_);
      if (file.ok()) {
        file_ = *std::move(file);
        events_.WatchFile();
        return true;
      }
      if (!absl::IsNotFound(file.status())) return file.status();
      events_.Wait(stop_);
    }
    return false;
  }

  absl::StatusOr<size_t> ReadSome(char* to, size_t size) {
    ssize_t count = 0;
    do {
      count = read(file_.descriptor(), to, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return FileError(path_, errno);
    position_ += static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }

  const std::string path_;
  OpenFile file_;
  FileEvents events_;
  const StopSignal& stop_;
  uint64_t position_ = 0;
  Change next_ = Change::kNone;
};

absl::Status CheckFollowed(const std::string& path, const OpenFile& file) {
  struct stat about = {};
  if (fstat(file.descriptor(), &about) != 0) return FileError(path, errno);
  if (!S_ISREG(about.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is no regular file; annotate follows a pipe without --follow"));
  }
  std::array<char, kMagicBytes> magic = {};
  const ssize_t count = pread(file.descriptor(), magic.data(), magic.size(), 0);
  if (count < 0) return FileError(path, errno);
  if (CompressionOf({magic.data(), static_cast<size_t>(count)}) != Compression::kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is compressed; --follow reads plain text"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> FollowFile(const std::string& path,
                                                       const StopSignal& stop) {
  absl::StatusOr<OpenFile> file = OpenFile::ForReading(path);
  if (!file.ok()) return file.status();
  if (absl::Status status = CheckFollowed(path, *file); !status.ok()) return status;
  return std::make_unique<FollowedFile>(path, *std::move(file), stop);
}

}  // namespace portreg::cli
