#include "server/net/file_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kAtOnce = absl::ZeroDuration();
constexpr absl::Duration kLong = absl::Seconds(30);

TEST(FileLockTest, OneHoldsItAtATime) {
  const TempDirectory directory;
  const std::string path = directory.PathOf("l");
  std::optional<FileLock> first(FileLock::Acquire(path, kAtOnce).value());
  const absl::Status status = FileLock::Acquire(path, kAtOnce).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(status), "lock file " + path + ": another process keeps it locked");
  first.reset();
  EXPECT_TRUE(FileLock::Acquire(path, kAtOnce).ok());
}

TEST(FileLockTest, WaitsUntilItIsReleased) {
  const TempDirectory directory;
  const std::string path = directory.PathOf("l");
  std::optional<FileLock> first(FileLock::Acquire(path, kAtOnce).value());
  std::future<bool> second =
      std::async(std::launch::async, [&path] { return FileLock::Acquire(path, kLong).ok(); });
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST(FileLockTest, TheFileIsItsOwnersAloneAndStays) {
  const TempDirectory directory;
  const std::string path = directory.PathOf("l");
  EXPECT_TRUE(FileLock::Acquire(path, kAtOnce).ok());
  struct stat file;
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600);
}

TEST(FileLockTest, AFileThatCannotBeOpenedIsNamed) {
  const TempDirectory directory;
  const std::string link = directory.PathOf("link");
  std::filesystem::create_symlink(directory.PathOf("victim"), link);
  for (const std::string& path : {directory.PathOf("missing/l"), directory.PathOf("."), link}) {
    const absl::Status status = FileLock::Acquire(path, kAtOnce).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(Message(status), HasSubstr("lock file " + path + ": "));
  }
  EXPECT_FALSE(std::filesystem::exists(directory.PathOf("victim")));
}

}  // namespace
}  // namespace portreg::server
