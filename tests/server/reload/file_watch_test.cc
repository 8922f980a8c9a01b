#include "server/reload/file_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::server {
namespace {

namespace fs = std::filesystem;

// Expects that the watch sees the change that was just made, and sees it once.
void ExpectOneChange(FileWatch& watch) {
  EXPECT_EQ(watch.Look(), FileChange::kChanging) << "a change that may not be complete";
  EXPECT_EQ(watch.Look(), FileChange::kSettled);
  EXPECT_EQ(watch.Look(), FileChange::kNone);
}

void ExpectNoChange(FileWatch& watch) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(watch.Look(), FileChange::kNone);
}

class FileWatchTest : public ::testing::Test {
 protected:
  // Renames another file over the watched one.
  void Replace(int number) const {
    fs::rename(directory_.Write(absl::StrCat("next", number), std::string(number, 'x')), path_);
  }

  const TempDirectory directory_;
  const std::string path_ = directory_.Write("file", "one");
};

TEST_F(FileWatchTest, NothingHappens) {
  FileWatch watch({path_, "", directory_.PathOf("missing")});
  ExpectNoChange(watch);
}

TEST_F(FileWatchTest, FileIsWrittenInPlace) {
  FileWatch watch({path_});
  std::ofstream(path_, std::ios::app) << "more";
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, FileOfTheSameSizeIsRenamedOverIt) {
  FileWatch watch({path_});
  const std::string next = directory_.Write("next", "two");
  // Keeps the time too, like a tool that preserves times.
  fs::last_write_time(next, fs::last_write_time(path_));
  fs::rename(next, path_);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, FileIsTouched) {
  FileWatch watch({path_});
  fs::last_write_time(path_, fs::last_write_time(path_) + std::chrono::nanoseconds(1));
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, FileIsRemovedAndComesBack) {
  FileWatch watch({path_});
  const std::string away = directory_.PathOf("away");
  fs::rename(path_, away);
  ExpectOneChange(watch);
  fs::copy_file(away, path_);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, EachFileCounts) {
  const std::string other = directory_.Write("other", "one");
  FileWatch watch({path_, other});
  std::ofstream(other) << "changed";
  ExpectOneChange(watch);
}

// Kubernetes links the file to ..data/file, and ..data to a directory for each version.
TEST_F(FileWatchTest, LinkOnTheWayPointsElsewhere) {
  for (const char* const version : {"1", "2"}) {
    fs::create_directory(directory_.PathOf(version));
    // The files have equal sizes, and get equal times below.
    std::ofstream(directory_.PathOf(std::string(version) + "/ca.crt")) << version;
  }
  fs::last_write_time(directory_.PathOf("2/ca.crt"),
                      fs::last_write_time(directory_.PathOf("1/ca.crt")));
  fs::create_directory_symlink("1", directory_.PathOf("..data"));
  fs::create_symlink("..data/ca.crt", directory_.PathOf("ca.crt"));
  FileWatch watch({directory_.PathOf("ca.crt")});
  fs::create_directory_symlink("2", directory_.PathOf("..data_tmp"));
  fs::rename(directory_.PathOf("..data_tmp"), directory_.PathOf("..data"));
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, FileThatIsBeingWrittenIsLetBe) {
  FileWatch watch({path_});
  std::ofstream file(path_, std::ios::app);
  for (int i = 1; i <= 3 * FileWatch::kMostLooks; ++i) {
    file << "a line" << std::endl;
    EXPECT_EQ(watch.Look(),
              i < FileWatch::kMostLooks ? FileChange::kChanging : FileChange::kWritten)
        << i;
  }
  EXPECT_EQ(watch.Look(), FileChange::kSettled);
  ExpectNoChange(watch);
}

TEST_F(FileWatchTest, FileThatIsReplacedWithoutPauseIsTakenEachFifthLook) {
  FileWatch watch({path_});
  for (int i = 1; i <= 3 * FileWatch::kMostLooks; ++i) {
    Replace(i);
    EXPECT_EQ(watch.Look(),
              i % FileWatch::kMostLooks == 0 ? FileChange::kReplaced : FileChange::kChanging)
        << i;
  }
  // The state at the last look has been reported.
  ExpectNoChange(watch);
}

TEST_F(FileWatchTest, FileThatIsWrittenBetweenReplacementsIsTakenFiveLooksLater) {
  FileWatch watch({path_});
  Replace(1);
  EXPECT_EQ(watch.Look(), FileChange::kChanging);
  std::ofstream(path_, std::ios::app) << "more";
  EXPECT_EQ(watch.Look(), FileChange::kChanging);
  for (int i = 2; i <= FileWatch::kMostLooks; ++i) {
    Replace(i);
    EXPECT_EQ(watch.Look(), i < 4 ? FileChange::kChanging : FileChange::kWritten) << i;
  }
  Replace(FileWatch::kMostLooks + 1);
  EXPECT_EQ(watch.Look(), FileChange::kReplaced);
}

TEST_F(FileWatchTest, PauseBeginsTheCountAnew) {
  FileWatch watch({path_});
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i < FileWatch::kMostLooks; ++i) {
      Replace(10 * round + i);
      EXPECT_EQ(watch.Look(), FileChange::kChanging);
    }
    EXPECT_EQ(watch.Look(), FileChange::kSettled);
  }
}

TEST_F(FileWatchTest, ChangeThatIsTakenBackIsNone) {
  FileWatch watch({directory_.PathOf("absent")});
  const std::string file = directory_.Write("absent", "here");
  EXPECT_EQ(watch.Look(), FileChange::kChanging);
  fs::remove(file);
  ExpectNoChange(watch);
}

class FolderWatchTest : public ::testing::Test {
 protected:
  FolderWatchTest() {
    fs::create_directory(folder_);
    Write("a.csv", "one");
    Write("b.csv", "one");
  }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ + "/" + name) << content;
  }

  const TempDirectory directory_;
  const std::string folder_ = directory_.PathOf("tables");
};

TEST_F(FolderWatchTest, ATableIsAddedChangedAndRemoved) {
  FileWatch watch({folder_});
  ExpectNoChange(watch);
  Write("c.csv", "one");
  ExpectOneChange(watch);
  Write("b.csv", "another");
  ExpectOneChange(watch);
  fs::remove(folder_ + "/a.csv");
  ExpectOneChange(watch);
  fs::rename(folder_ + "/b.csv", folder_ + "/d.csv");
  ExpectOneChange(watch);
}

TEST_F(FolderWatchTest, OtherFilesDoNotCount) {
  FileWatch watch({folder_});
  Write(".a.csv.swp", "one");
  Write(".c.csv", "one");
  Write("notes.txt", "one");
  ExpectNoChange(watch);
}

TEST_F(FolderWatchTest, AFolderIsEmptiedRemovedAndComesBack) {
  FileWatch watch({folder_});
  fs::remove(folder_ + "/a.csv");
  fs::remove(folder_ + "/b.csv");
  ExpectOneChange(watch);
  fs::remove(folder_);
  ExpectOneChange(watch);
  fs::create_directory(folder_);
  Write("a.csv", "one");
  ExpectOneChange(watch);
}

TEST_F(FolderWatchTest, ATableThatIsWrittenWithoutPauseIsNotTaken) {
  FileWatch watch({folder_});
  for (int i = 1; i <= FileWatch::kMostLooks; ++i) {
    Write(absl::StrCat("new", i, ".csv"), "");
    Write("b.csv", std::string(i, 'x'));
    EXPECT_EQ(watch.Look(),
              i < FileWatch::kMostLooks ? FileChange::kChanging : FileChange::kWritten);
  }
}

}  // namespace
}  // namespace portreg::server
