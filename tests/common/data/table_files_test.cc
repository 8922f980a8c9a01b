#include "common/data/table_files.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class TableFilesTest : public ::testing::Test {
 protected:
  // Makes a folder with empty files.
  std::string MakeFolder(const std::string& name, const std::vector<std::string>& files) const {
    const std::string folder = directory_.PathOf(name);
    fs::create_directories(folder);
    for (const std::string& file : files) std::ofstream(absl::StrCat(folder, "/", file)).close();
    return folder;
  }

  const TempDirectory directory_;
};

TEST_F(TableFilesTest, FilesKeepTheirOrderWhateverTheirNames) {
  const std::string one = directory_.Write("one.txt", "");
  const std::string other = directory_.Write(".other", "");
  EXPECT_THAT(FindTableFiles({other, "", one}).value(), ElementsAre(other, one));
  EXPECT_THAT(FindTableFiles({}).value(), IsEmpty());
}

TEST_F(TableFilesTest, AFolderStandsForItsTablesByName) {
  const std::string folder =
      MakeFolder("tables", {"b.csv", "a.csv", "C.CSV", ".hidden.csv", "notes.txt", "a.csv~"});
  MakeFolder("tables/nested", {"deep.csv"});
  const std::string file = directory_.Write("z.csv", "");
  EXPECT_THAT(FindTableFiles({file, folder}).value(),
              ElementsAre(file, folder + "/C.CSV", folder + "/a.csv", folder + "/b.csv"));
}

// Kubernetes links a.csv to ..data/a.csv, and ..data to a directory for each version.
TEST_F(TableFilesTest, LinksOfAMountedConfigMapAreFollowed) {
  const std::string folder = MakeFolder("mounted", {});
  MakeFolder("mounted/..2026_11_30", {"a.csv", "b.csv"});
  fs::create_directory_symlink("..2026_11_30", folder + "/..data");
  for (const char* name : {"b.csv", "a.csv"}) {
    fs::create_symlink(absl::StrCat("..data/", name), absl::StrCat(folder, "/", name));
  }
  const std::string link = directory_.PathOf("link");
  fs::create_directory_symlink(folder, link);
  EXPECT_THAT(FindTableFiles({link}).value(), ElementsAre(link + "/a.csv", link + "/b.csv"));
}

TEST_F(TableFilesTest, AMissingPathIsAnError) {
  const std::string missing = directory_.PathOf("missing");
  const absl::Status status = FindTableFiles({directory_.Write("a.csv", ""), missing}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(status), StartsWith(missing + ": cannot be opened"));
}

TEST_F(TableFilesTest, AFolderWithoutATableIsAnError) {
  const std::string folder = MakeFolder("tables", {"notes.txt", ".a.csv"});
  const absl::Status status = FindTableFiles({folder}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status), folder + ": folder without a file whose name ends with .csv");
}

TEST_F(TableFilesTest, AFileThatIsNamedTwiceIsAnError) {
  const std::string folder = MakeFolder("tables", {"a.csv"});
  EXPECT_THAT(Message(FindTableFiles({folder, folder + "/./a.csv"}).status()),
              AllOf(StartsWith(folder), HasSubstr("a.csv: file is named twice")));
}

TEST_F(TableFilesTest, ThereAreAtMost1000Files) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kMaxTableFiles; ++i) names.push_back(absl::StrCat(i, ".csv"));
  const std::string folder = MakeFolder("tables", names);
  EXPECT_THAT(FindTableFiles({folder}).value(), SizeIs(1'000));
  const std::string more = directory_.Write("more.csv", "");
  EXPECT_THAT(Message(FindTableFiles({folder, more}).status()),
              AllOf(StartsWith(more), HasSubstr("at most 1000 are allowed")));
  MakeFolder("tables", {"more.csv"});
  EXPECT_THAT(Message(FindTableFiles({folder}).status()),
              AllOf(StartsWith(folder), HasSubstr("at most 1000 are allowed")));
}

}  // namespace
}  // namespace portreg
