#include "server/tls/memory_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "openssl/bio.h"

namespace portreg::server {
namespace {

absl::Status Prepare(MemoryFile& file, const std::string& text) {
  return file.Prepare([&](BIO* out) {
    return BIO_write(out, text.data(), static_cast<int>(text.size())) ==
           static_cast<int>(text.size());
  });
}

absl::Status Put(MemoryFile& file, const std::string& text) {
  absl::Status status = Prepare(file, text);
  return status.ok() ? file.Replace() : status;
}

std::string Content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

time_t ModifiedAt(const std::string& path) {
  struct stat found = {};
  EXPECT_EQ(stat(path.c_str(), &found), 0);
  return found.st_mtime;
}

TEST(MemoryFileTest, ContentIsReplacedUnderTheSamePath) {
  MemoryFile file;
  ASSERT_EQ(Put(file, "a longer one"), absl::OkStatus());
  const std::string path = file.path();
  EXPECT_EQ(Content(path), "a longer one");
  const time_t before = ModifiedAt(path);
  EXPECT_NE(before, 0);
  ASSERT_EQ(Put(file, "short"), absl::OkStatus());
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(Content(path), "short");
  EXPECT_GT(ModifiedAt(path), before);
}

TEST(MemoryFileTest, WhoHasItOpenKeepsReadingTheOldContent) {
  MemoryFile file;
  ASSERT_EQ(Put(file, "old"), absl::OkStatus());
  std::ifstream reader(file.path());
  ASSERT_EQ(Put(file, "new"), absl::OkStatus());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old");
}

TEST(MemoryFileTest, FailedWriteLeavesTheOldContent) {
  MemoryFile file;
  ASSERT_EQ(Put(file, "old"), absl::OkStatus());
  const auto fail = [](BIO* out) { return BIO_puts(out, "half") < 0; };
  EXPECT_EQ(file.Prepare(fail).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(file.Replace(), absl::OkStatus());
  EXPECT_EQ(Content(file.path()), "old");
}

TEST(MemoryFileTest, PreparedContentIsNotReadBeforeItReplacesTheOld) {
  MemoryFile file;
  ASSERT_EQ(Put(file, "old"), absl::OkStatus());
  ASSERT_EQ(Prepare(file, "newer"), absl::OkStatus());
  ASSERT_EQ(Prepare(file, "newest"), absl::OkStatus());
  EXPECT_EQ(Content(file.path()), "old");
  ASSERT_EQ(file.Replace(), absl::OkStatus());
  EXPECT_EQ(Content(file.path()), "newest");
}

TEST(MemoryFileTest, NobodyCanChangeIt) {
  MemoryFile file;
  ASSERT_EQ(Put(file, "content"), absl::OkStatus());
  struct stat found = {};
  ASSERT_EQ(stat(file.path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0400U);
  // Root can open the file nevertheless.
  const int fd = open(file.path().c_str(), O_WRONLY | O_CLOEXEC);
  if (fd >= 0) {
    EXPECT_LT(write(fd, "x", 1), 0);
    close(fd);
  }
  EXPECT_EQ(Content(file.path()), "content");
}

TEST(MemoryFileTest, DescriptorsAreClosed) {
  const auto open_descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_descriptors();
  {
    MemoryFile file;
    for (int i = 0; i < 3; ++i) ASSERT_EQ(Put(file, "content"), absl::OkStatus());
    EXPECT_EQ(open_descriptors(), before + 1);
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace portreg::server
