#include "common/import/foreign_csv.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/import/recorded_rows.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RecordedRows Read(absl::string_view text) {
  RecordedRows rows;
  const std::optional<CsvLayout> layout = FindCsvLayout(text, {});
  EXPECT_TRUE(layout) << text;
  if (layout) rows.status = ReadForeignCsv(text, *layout, {}, rows);
  return rows;
}

TEST(ForeignCsvTest, DelimiterIsFoundByTheHeader) {
  EXPECT_THAT(Read("Service\tPort\tNotes\na\t1\tx, y; z\n").rows, ElementsAre("2: a|1|x, y; z"));
  EXPECT_THAT(Read("Service|Port|Notes\na|1|x, y; z\n").rows, ElementsAre("2: a|1|x, y; z"));
  EXPECT_THAT(Read("Service;Port;Notes\na;1;x,y\n").rows, ElementsAre("2: a|1|x,y"));
  EXPECT_THAT(Read("Service,Port,Notes\na,1,x;y\n").rows, ElementsAre("2: a|1|x;y"));
}

TEST(ForeignCsvTest, SeparatorLineNamesTheDelimiter) {
  EXPECT_THAT(Read("sep=;\r\nPort;Name\r\n1;a\r\n").rows, ElementsAre("3: 1|a"));
  EXPECT_THAT(Read("SEP=,\nPort,Name\n1,a\n").rows, ElementsAre("3: 1|a"));
  EXPECT_THAT(Read("sep=,\nPort,Name\n1,a\n").remarks, IsEmpty());
  EXPECT_FALSE(FindCsvLayout("sep=;\nPort,Name\n1,a\n", {}));
}

TEST(ForeignCsvTest, LineEndsOfAnyKindEndARow) {
  for (const std::string end : {"\n", "\r\n", "\r", "\r\r\n"}) {
    const std::string text =
        absl::StrReplaceAll("Port,Name^1,a^^\"2\",\"b\"^3,\"c \"\"d\"\"\"^", {{"^", end}});
    EXPECT_THAT(Read(text).rows, ElementsAre("2: 1|a", "4: 2|b", "5: 3|c \"d\""));
  }
  EXPECT_THAT(Read("Port,Name\r1,a\n2,b\r\n3,c").rows, ElementsAre("2: 1|a", "3: 2|b", "4: 3|c"));
}

TEST(ForeignCsvTest, LineEndsWithinQuotesStay) {
  EXPECT_THAT(Read("Port,Name\r\n1,\"a\r\nb\"\r\n2,c\r\n").rows,
              ElementsAre("2: 1|a\r\nb", "4: 2|c"));
  EXPECT_THAT(Read("Port,Name\n1,\"a\rb\"\n2,\"say \"\"\r\"\"\"\n").rows,
              ElementsAre("2: 1|a\rb", "3: 2|say \"\r\""));
  EXPECT_THAT(Read("Port,Name\r1,\"a\rb\"\r2,c\r").rows, ElementsAre("2: 1|a\nb", "4: 2|c"));
}

TEST(ForeignCsvTest, NormalizingIsFast) {
  EXPECT_EQ(NormalizeLineEnds(std::string(1 << 22, '\r'), ','), std::string(1 << 22, '\n'));
}

TEST(ForeignCsvTest, TitleLinesAreSkippedWithARemark) {
  const RecordedRows rows = Read("Ports of our hosts,,\n\"as of \"\"May\"\"\"\nPort,Name,\n1,a,\n");
  EXPECT_THAT(rows.rows, ElementsAre("4: 1|a|"));
  EXPECT_THAT(rows.remarks, ElementsAre("1: skipped, the header is on line 3",
                                        "2: skipped, the header is on line 3"));
}

TEST(ForeignCsvTest, HeaderIsAmongTheFirstRows) {
  std::string titles;
  for (int i = 0; i < 19; ++i) absl::StrAppend(&titles, "title\n");
  EXPECT_THAT(Read(absl::StrCat(titles, "Port,Name\n1,a\n")).rows, ElementsAre("21: 1|a"));
  EXPECT_FALSE(FindCsvLayout(absl::StrCat(titles, "title\nPort,Name\n1,a\n"), {}));
  EXPECT_FALSE(FindCsvLayout("billing,7100,tcp\n", {}));
  EXPECT_FALSE(FindCsvLayout("", {}));
}

TEST(ForeignCsvTest, RowsHaveTheSizeOfTheHeader) {
  const RecordedRows rows = Read("Port,Name\n1,a,,\n2\n3,c,d\n , ,\n,\n4,\n");
  EXPECT_THAT(rows.rows, ElementsAre("2: 1|a", "7: 4|"));
  EXPECT_THAT(rows.left_out,
              ElementsAre("3: the row has 1 cells, the header has 2; it seems cut off or unquoted",
                          "4: the row has 3 cells, the header has 2; a text may need quotes"));
}

TEST(ForeignCsvTest, BrokenRowsAreLeftOutAlone) {
  const RecordedRows rows = Read("Port,Name\n1,\"a\" b\n2,c\n3,\"open\n4,d\n");
  EXPECT_THAT(rows.rows, ElementsAre("3: 2|c", "5: 4|d"));
  EXPECT_THAT(rows.left_out, ElementsAre(HasSubstr("2: line 2, column 6: text after the closing"),
                                         HasSubstr("4: line 4, column 3: the text ends within")));
}

TEST(ForeignCsvTest, ManyBrokenRowsEndTheTable) {
  std::string text = "Port,Name\n";
  for (int i = 0; i < 200; ++i) absl::StrAppend(&text, i, ",\"a\"b\n");
  const RecordedRows rows = Read(absl::StrCat(text, "1,a\n"));
  EXPECT_THAT(rows.rows, IsEmpty());
  ASSERT_EQ(rows.left_out.size(), 101);
  EXPECT_EQ(rows.left_out.back(), "101: the rest is left out, too many rows are not CSV");
}

TEST(ForeignCsvTest, RulersOfPsqlAreSkipped) {
  EXPECT_THAT(Read(" port | name \n------+------\n 7100 | a \n").rows,
              ElementsAre("3:  7100 | a "));
}

TEST(ForeignCsvTest, NumbersOfRowsBelowATableAreSkipped) {
  for (const std::string last : {"(1 row)", "(12 rows)", "(1 Zeile)"}) {
    const RecordedRows psql =
        Read(absl::StrCat(" port | name \n------+------\n 7100 | a \n", last, "\n\n"));
    EXPECT_THAT(psql.rows, ElementsAre("3:  7100 | a "));
    EXPECT_THAT(psql.left_out, IsEmpty()) << last;
  }
  const RecordedRows mysql = Read(
      "+------+------+\n| port | name |\n+------+------+\n| 7100 | a    |\n+------+------+\n"
      "1 row in set (0.00 sec)\n");
  EXPECT_THAT(mysql.rows, ElementsAre("4: | 7100 | a    |"));
  EXPECT_THAT(mysql.left_out, IsEmpty());
  for (const std::string other : {"(rows)", "12 rows", "(12)", "(12 rows"}) {
    EXPECT_THAT(Read(absl::StrCat("port|name\n7100|a\n", other, "\n")).left_out, SizeIs(1))
        << other;
  }
}

TEST(ForeignCsvTest, MistakesInTheHeaderAreErrors) {
  EXPECT_EQ(Read("Port,Name,port\n1,a,2\n").status.message(),
            "line 1: column \"port\" stands twice");
  EXPECT_THAT(Read("Port,Port\nPort,Name\n1,a\n").rows, ElementsAre("3: 1|a"));
}

}  // namespace
}  // namespace portreg
