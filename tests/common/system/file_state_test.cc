#include "common/system/file_state.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

namespace fs = std::filesystem;

class FileStateTest : public ::testing::Test {
 protected:
  [[nodiscard]] FileState Now() const { return FileState::Of(path_); }

  const TempDirectory directory_;
  const std::string path_ = directory_.Write("file", "one");
  const FileState before_ = Now();
};

TEST_F(FileStateTest, UntouchedFileHasEqualStates) {
  EXPECT_EQ(Now(), before_);
  EXPECT_TRUE(Now().IsSameFile(before_));
}

TEST_F(FileStateTest, FileWrittenInPlaceIsTheSameFileInAnotherState) {
  std::ofstream(path_, std::ios::app) << "more";
  EXPECT_NE(Now(), before_);
  EXPECT_TRUE(Now().IsSameFile(before_));
}

TEST_F(FileStateTest, TouchedFileIsTheSameFileInAnotherState) {
  fs::last_write_time(path_, fs::last_write_time(path_) + std::chrono::nanoseconds(1));
  EXPECT_NE(Now(), before_);
  EXPECT_TRUE(Now().IsSameFile(before_));
}

TEST_F(FileStateTest, FileOfEqualSizeAndTimeRenamedOverItIsAnother) {
  const std::string next = directory_.Write("next", "two");
  fs::last_write_time(next, fs::last_write_time(path_));
  fs::rename(next, path_);
  EXPECT_NE(Now(), before_);
  EXPECT_FALSE(Now().IsSameFile(before_));
}

TEST_F(FileStateTest, LinksAreFollowed) {
  const std::string link = directory_.PathOf("link");
  fs::create_symlink("file", link);
  EXPECT_EQ(FileState::Of(link), before_);
}

TEST_F(FileStateTest, MissingFileDiffersFromAnyFileAndIsNoneTwice) {
  const FileState missing = FileState::Of(directory_.PathOf("missing"));
  EXPECT_NE(missing, before_);
  EXPECT_FALSE(missing.IsSameFile(before_));
  EXPECT_EQ(FileState::Of(directory_.PathOf("missing too")), missing);
  EXPECT_FALSE(missing.IsSameFile(missing));
  EXPECT_NE(FileState::Of(path_ + "/below"), missing) << "another error";
}

}  // namespace
}  // namespace portreg
