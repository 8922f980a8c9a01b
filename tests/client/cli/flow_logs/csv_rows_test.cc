#include "client/cli/flow_logs/csv_rows.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> FieldsOf(absl::string_view text) {
  std::vector<absl::string_view> fields;
  FirstCsvRow(text, ',', true, &fields);
  return {fields.begin(), fields.end()};
}

TEST(CsvRowsTest, FieldsKeepTheirQuotes) {
  EXPECT_THAT(FieldsOf("a,\"b,\"\"c\",,d\r\nnext"), ElementsAre("a", "\"b,\"\"c\"", "", "d"));
  EXPECT_THAT(FieldsOf("a\"b,c\"\n"), ElementsAre("a\"b", "c\""));
  EXPECT_THAT(FieldsOf("\"a\n\r\nb\",c"), ElementsAre("\"a\n\r\nb\"", "c"));
  EXPECT_THAT(FieldsOf("a,\"b\"\r\n"), ElementsAre("a", "\"b\""));
}

TEST(CsvRowsTest, ContentEndsBeforeTheLineEnd) {
  for (const char* end : {"\n", "\r\n"}) {
    const CsvRow row = FirstCsvRow(absl::StrCat("a,b", end, "c"), ',', false, nullptr);
    EXPECT_EQ(row.content, 3);
    EXPECT_EQ(row.size, 3 + absl::string_view(end).size());
    EXPECT_TRUE(row.is_valid);
  }
}

TEST(CsvRowsTest, ATextThatMayGoOnHasNoRowYet) {
  for (const char* text : {"a,b", "a,\"b\n", "a,\"b\"", "\"a\"\"", "\"a\"\r", "\"", "a,"}) {
    EXPECT_EQ(FirstCsvRow(text, ',', false, nullptr).size, 0) << text;
    EXPECT_EQ(FirstCsvRow(text, ',', true, nullptr).size, absl::string_view(text).size()) << text;
  }
}

TEST(CsvRowsTest, BrokenRowsEndAtTheirLineEnd) {
  for (const char* text : {"\"a\"b,c\nd\n", "\"a\" ,c\nd\n", "\"a\"\rb\nd\n"}) {
    const CsvRow row = FirstCsvRow(text, ',', false, nullptr);
    EXPECT_FALSE(row.is_valid) << text;
    EXPECT_EQ(row.size, absl::string_view(text).find('\n') + 1) << text;
  }
}

TEST(CsvRowsTest, AMissingQuoteCostsOneLineAlone) {
  std::string text = "x,\"open\n";
  while (text.size() < 2 * kMaxMultilineRow) text += "a,b\n";
  const CsvRow row = FirstCsvRow(text, ',', false, nullptr);
  EXPECT_FALSE(row.is_valid);
  EXPECT_EQ(row.size, 8);
  EXPECT_EQ(WholeCsvRows(text, ','), text.size());
}

TEST(CsvRowsTest, WholeRowsEndWhereTheLastOneDoes) {
  EXPECT_EQ(WholeCsvRows("a\nb\nc", ','), 4);
  EXPECT_EQ(WholeCsvRows("a\n\"b\nc\nd", ','), 2);
  EXPECT_EQ(WholeCsvRows("a\n\"b\nc\"\nd", ','), 8);
  EXPECT_EQ(WholeCsvRows("a;\"\nb\"\n", ';'), 7);
  EXPECT_EQ(WholeCsvRows("", ','), 0);
}

}  // namespace
}  // namespace portreg::cli
