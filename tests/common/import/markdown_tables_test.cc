#include "common/import/markdown_tables.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/import/recorded_rows.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecordedRows ReadTables(absl::string_view text) {
  RecordedRows rows;
  rows.status = ReadMarkdownTables(text, {}, rows);
  return rows;
}

TEST(MarkdownTablesTest, TablesAreFoundBetweenText) {
  const RecordedRows rows = ReadTables(R"(# Ports

Some text | with a pipe.

| Port | Service |
|-----:|:-------:|
| 7100 | billing |
| **7101** | `audit` |

More text.

Port | Owner
---|---
7102 | ops
)");
  EXPECT_THAT(rows.headers, ElementsAre("5: Port|Service", "12: Port|Owner"));
  EXPECT_THAT(rows.rows, ElementsAre("7: 7100|billing", "8: 7101|audit", "14: 7102|ops"));
  EXPECT_THAT(rows.remarks, IsEmpty());
}

TEST(MarkdownTablesTest, OtherTablesAreSkippedWithARemark) {
  const RecordedRows rows = ReadTables("|Name|Phone|\n|-|-|\n|a|1|\n\n|Port|Name|\n|-|-|\n|1|a|\n");
  EXPECT_THAT(rows.rows, ElementsAre("7: 1|a"));
  EXPECT_THAT(rows.remarks,
              ElementsAre("1: a table without columns for ports and services is skipped"));
}

TEST(MarkdownTablesTest, CodeBlocksAreSkipped) {
  EXPECT_FALSE(HasMarkdownTable("```\n|Port|Name|\n|-|-|\n|1|a|\n```\n"));
  EXPECT_THAT(ReadTables("~~~\n|Port|Name|\n|-|-|\n|1|a|\n~~~\n|Port|Name|\n|-|-|\n|2|b|\n").rows,
              ElementsAre("8: 2|b"));
}

TEST(MarkdownTablesTest, RowsAreBroughtToTheHeadersSize) {
  const RecordedRows rows =
      ReadTables("|Port|Name|Owner|\n|-|-|-|\n|1|a|\n|2|b|c|\n|3|d|e||\n|4|f|g|h|\n|5|x\\|y|z|\n");
  EXPECT_THAT(rows.rows, ElementsAre("3: 1|a|", "4: 2|b|c", "5: 3|d|e", "7: 5|x|y|z"));
  EXPECT_THAT(rows.left_out, ElementsAre("6: the row has 4 cells, the header has 3; write \"\\|\" "
                                         "within a cell"));
}

TEST(MarkdownTablesTest, LineEndsOfAnyKindEndALine) {
  for (const std::string end : {"\n", "\r\n", "\r", "\r\r\n"}) {
    EXPECT_THAT(
        ReadTables(absl::StrCat("text", end, "|Port|Name|", end, "|-|-|", end, "|1|a|")).rows,
        ElementsAre("4: 1|a"));
  }
}

TEST(MarkdownTablesTest, HeaderAndRulerHaveTheSameSize) {
  EXPECT_TRUE(HasMarkdownTable("a|b\n-|-\n"));
  EXPECT_FALSE(HasMarkdownTable("a|b\n-|-|-\n"));
  EXPECT_FALSE(HasMarkdownTable("a\n---\n"));
  EXPECT_FALSE(HasMarkdownTable("a|b\n|:|-|\n"));
  EXPECT_FALSE(HasMarkdownTable("a|b"));
}

TEST(MarkdownTablesTest, SizesAreBounded) {
  EXPECT_THAT(
      ReadTables(absl::StrCat("|Port|Name|\n|-|-|\n|1|", std::string(17'000, 'x'), "|\n|2|b|\n"))
          .left_out,
      ElementsAre(HasSubstr("a cell is longer than")));
  EXPECT_THAT(
      ReadTables(absl::StrCat("|Port|Name|\n|-|-|\n", std::string(100, '|'), "\n")).left_out,
      ElementsAre(HasSubstr("more than 64 cells")));
}

TEST(MarkdownTablesTest, EqualTitlesAreAnError) {
  EXPECT_EQ(ReadTables("|Port|Port|Name|\n|-|-|-|\n|1|2|a|\n").status.message(),
            "line 1: column \"Port\" stands twice");
}

TEST(MarkdownTextTest, MarksAreRemoved) {
  const std::vector<std::pair<std::string, std::string>> cells = {
      {"plain", "plain"},
      {"**80**", "80"},
      {"*80*", "80"},
      {"_80_", "80"},
      {"__80__", "80"},
      {"***80***", "80"},
      {"**80** (tcp)", "80 (tcp)"},
      {"`80` / `443`", "80 / 443"},
      {"``a`b``", "a`b"},
      {"`a\\|b`", "a|b"},
      {"`a*b*`", "a*b*"},
      {"a\\_b\\*", "a_b*"},
      {"snake_case_name", "snake_case_name"},
      {"*", "*"},
      {"2 * 3 * 4", "2 * 3 * 4"},
      {"**open", "**open"},
      {"`open", "`open"},
      {"[billing](https://example.net/a_b)", "billing"},
      {"[**billing**](x)", "billing"},
      {"[open", "[open"},
      {"80<br>443<BR/>8080", "80, 443, 8080"},
      {"a &amp; b&nbsp;&lt;c&gt; &other;", "a & b <c> &other;"},
      {"~~80~~", "~~80~~"},
      {"<b>x</b>", "<b>x</b>"}};
  for (const auto& [cell, expected] : cells) EXPECT_EQ(MarkdownText(cell), expected) << cell;
}

TEST(MarkdownTextTest, CellsOfManyMarksTakeNoLongTime) {
  const absl::Time begin = absl::Now();
  for (const std::string mark : {"[", "*a ", "`", "_a", "](", "*a**b***c"}) {
    std::string cell;
    while (cell.size() < 16'000) cell += mark;
    (void)MarkdownText(cell);
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

}  // namespace
}  // namespace portreg
