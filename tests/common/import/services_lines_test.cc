#include "common/import/services_lines.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/import/recorded_rows.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;

RecordedRows ReadServices(absl::string_view text) {
  RecordedRows rows;
  ReadServicesLines(text, rows);
  return rows;
}

TEST(ServicesLinesTest, LinesAreReadAsGlibcReadsThem) {
  EXPECT_THAT(ReadServices("# comment\n"
                           "\n"
                           "ssh 22/tcp\n"
                           "\tindented\t7300/tcp\r\n"
                           "game   10001/udp  bg other # game server # 2\n"
                           "web 80/tcp#x\n"
                           "last 81/TCP")
                  .rows,
              ElementsAre("3: ssh|22|tcp||", "4: indented|7300|tcp||",
                          "5: game|10001|udp|game server # 2|bg other", "6: web|80|tcp|x|",
                          "7: last|81|TCP||"));
}

TEST(ServicesLinesTest, OtherLinesAreLeftOut) {
  const RecordedRows rows =
      ReadServices("a\nb 80\nc 80 /tcp\nd /tcp\ne 80/\nf 80-90/tcp\ng +80/tcp\nh tcp/80\n");
  EXPECT_THAT(rows.rows, ElementsAre());
  EXPECT_THAT(rows.left_out.size(), 8);
  EXPECT_EQ(rows.left_out[1], "2: \"b 80\" is not NAME PORT/PROTOCOL [ALIAS]...");
}

TEST(ServicesLinesTest, TheFirstEntryTellsTheFormat) {
  EXPECT_TRUE(IsServicesFile("# Port,Name\n\n ssh 22/tcp\n"));
  EXPECT_TRUE(IsServicesFile("ssh 22/tcp"));
  EXPECT_TRUE(IsServicesFile("zip 6/ddp # AppleTalk"));
  EXPECT_FALSE(IsServicesFile("Port,Name\nssh 22/tcp\n"));
  EXPECT_FALSE(IsServicesFile("Name Port/Protocol\n"));
  EXPECT_FALSE(IsServicesFile("# only a comment\n"));
  EXPECT_FALSE(IsServicesFile(""));
}

TEST(ServicesLinesTest, CarriageReturnsAloneEndLines) {
  EXPECT_THAT(ReadServices("a 1/tcp\rb 2/tcp\r").rows, ElementsAre("1: a|1|tcp||", "2: b|2|tcp||"));
}

TEST(ServicesLinesTest, ReadingEndsWhenNoMoreRowsAreAccepted) {
  RecordedRows rows;
  rows.max_rows = 1;
  ReadServicesLines("a 1/tcp\nb 2/tcp\n", rows);
  EXPECT_THAT(rows.rows, ElementsAre("1: a|1|tcp||"));
}

}  // namespace
}  // namespace portreg
