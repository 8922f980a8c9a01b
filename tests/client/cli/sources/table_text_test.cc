#include "client/cli/sources/table_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded_csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(FormatOfTest, ColumnsTellIanasFileFromAnOwnTable) {
  EXPECT_EQ(FormatOf(EmbeddedIanaCsv()), TableFormat::kIanaCsv);
  EXPECT_EQ(FormatOf(kShortHeader), TableFormat::kOwnTable);
  // The header has a column Owner.
  EXPECT_EQ(FormatOf(kFullHeader), TableFormat::kOwnTable);
  const std::string ianas(kFullHeader.substr(0, kFullHeader.rfind(',')));
  EXPECT_EQ(FormatOf(absl::StrCat(ianas, "\n")), TableFormat::kIanaCsv);
  for (const char* own : {"Aliases", "Scope", "STATUS", "Until"}) {
    EXPECT_EQ(FormatOf(absl::StrCat(ianas, ",", own, "\n")), TableFormat::kOwnTable) << own;
  }
  EXPECT_EQ(FormatOf(""), TableFormat::kOwnTable);
}

TEST(FormatOfTest, JsonBeginsWithABrace) {
  EXPECT_EQ(FormatOf("\xEF\xBB\xBF\n {\"records\":"), TableFormat::kJson);
  EXPECT_EQ(FormatOf("[{}]"), TableFormat::kOwnTable);
}

TEST(ReadTableTextTest, FolderIsOneTable) {
  const TempDirectory directory;
  const std::string one = directory.Write("a.csv", kShortHeader);
  const std::string other = directory.Write("b.csv", kShortHeader);
  (void)directory.Write("notes.txt", "x");
  const absl::StatusOr<TableText> text = ReadTableText(directory.PathOf(""));
  ASSERT_TRUE(text.ok()) << text.status();
  ASSERT_THAT(text->files, SizeIs(2));
  EXPECT_EQ(text->files[0].bytes, kShortHeader);
  EXPECT_EQ(text->format, TableFormat::kOwnTable);
  EXPECT_THAT(ReadTableText(one)->files, SizeIs(1));
  (void)directory.Write("c.csv", "{}");
  EXPECT_THAT(Message(ReadTableText(directory.PathOf("")).status()),
              AllOf(HasSubstr("c.csv: "), HasSubstr("another"), HasSubstr("a.csv")));
}

TEST(ReadTableTextTest, ErrorsNameTheFile) {
  const TempDirectory directory;
  const std::string missing = directory.PathOf("missing.csv");
  EXPECT_THAT(Message(ReadTableText(missing).status()),
              StartsWith(absl::StrCat(missing, ": cannot be opened")));
  EXPECT_THAT(Message(ReadTableText(directory.PathOf("")).status()),
              HasSubstr("folder without a file"));
  const std::string large = directory.Write("large.csv", std::string(kMaxFileBytes + 1, 'x'));
  EXPECT_THAT(Message(ReadTableText(large).status()), StartsWith(absl::StrCat(large, ": ")));
}

}  // namespace
}  // namespace portreg::cli
