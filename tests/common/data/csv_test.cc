#include "common/data/csv.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using Rows = std::vector<std::vector<std::string>>;

absl::StatusOr<Rows> ReadAll(absl::string_view text) {
  std::deque<std::string> unescaped;
  CsvReader reader(text, unescaped);
  Rows rows;
  std::vector<CsvField> row;
  while (true) {
    const absl::StatusOr<bool> read = reader.Next(row);
    if (!read.ok()) return read.status();
    if (!*read) return rows;
    rows.emplace_back();
    for (const CsvField& field : row) rows.back().emplace_back(field.text);
  }
}

TEST(CsvTest, RowsAndFields) {
  const struct {
    const char* what;
    std::string text;
    Rows rows;
  } cases[] = {
      {"nothing", "", {}},
      {"only blank lines", "\n\r\n\n", {}},
      {"LF", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
      {"CRLF", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"a mix of LF and CRLF", "a\r\nb\nc\r\n", {{"a"}, {"b"}, {"c"}}},
      {"no newline at the end", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"blank lines between rows", "\na\n\n\r\nb\n\n", {{"a"}, {"b"}}},
      {"empty fields", ",a,\n,,\n", {{"", "a", ""}, {"", "", ""}}},
      {"a comma at the very end", "a,", {{"a", ""}}},
      {"a lone comma", ",", {{"", ""}}},
      {"blanks stay", " a , b \n", {{" a ", " b "}}},
      {"a quoted field", "\"a\",b\n", {{"a", "b"}}},
      {"an empty quoted field", "\"\",\"\"", {{"", ""}}},
      {"a quoted comma", "\"a,b\",c\n", {{"a,b", "c"}}},
      {"a quoted LF", "\"a\nb\",c\n", {{"a\nb", "c"}}},
      {"a quoted CRLF", "\"a\r\nb\",c\r\n", {{"a\r\nb", "c"}}},
      {"quoted blank lines", "\"a\n\n\nb\"\n", {{"a\n\n\nb"}}},
      {"doubled quotes", "\"say \"\"hi\"\"\",b\n", {{"say \"hi\"", "b"}}},
      {"only a doubled quote", "\"\"\"\"\n", {{"\""}}},
      {"doubled quotes side by side", "\"a\"\"\"\"b\"\n", {{"a\"\"b"}}},
      {"a doubled quote before the end", "\"a\"\"\"", {{"a\""}}},
      {"a quoted field at the end", "a,\"b\"", {{"a", "b"}}},
      {"a quote within a plain field", "a\"b,c\n", {{"a\"b", "c"}}},
      {"rows of different widths", "a\nb,c\n", {{"a"}, {"b", "c"}}},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<Rows> rows = ReadAll(c.text);
    ASSERT_TRUE(rows.ok()) << c.what << ": " << rows.status();
    EXPECT_EQ(*rows, c.rows) << c.what;
  }
}

TEST(CsvTest, ErrorsSayLineAndColumn) {
  const struct {
    const char* what;
    std::string text;
    const char* message;
  } cases[] = {
      {"quote never closed", "a,b\nc,\"d\ne,f\n",
       "line 2, column 3: the text ends within this quoted field, it seems cut off"},
      {"nothing after a quote", "a\n\"",
       "line 2, column 1: the text ends within this quoted field, it seems cut off"},
      {"a doubled quote is no closing one", "\"a\"\"",
       "line 1, column 1: the text ends within this quoted field, it seems cut off"},
      {"text after a closing quote", "a,\"b\"c\n",
       "line 1, column 6: text after the closing quote of a field"},
      {"a blank after a closing quote", "\"a\" ,b\n",
       "line 1, column 4: text after the closing quote of a field"},
      {"text after a closing quote, lines below its opening one", "a\n\"b\n\nc\"d\n",
       "line 4, column 3: text after the closing quote of a field"},
      {"lone CR", "a,b\nc\rd,e\n", "line 2, column 2: carriage return without a line feed"},
      {"CR as row end", "a\rb\r", "line 1, column 2: carriage return without a line feed"},
      {"CR at the end", "a\nb\r", "line 2, column 2: carriage return without a line feed"},
      {"two CRs", "a\r\r\n", "line 1, column 2: carriage return without a line feed"},
      {"CR after a closing quote", "\"a\"\rb",
       "line 1, column 4: text after the closing quote of a field"},
      {"after a multi-line field", "\"a\nb\",c\nd,\"e\"f",
       "line 3, column 6: text after the closing quote of a field"},
      {"after blank lines", "a\n\r\n\nb,\"",
       "line 4, column 3: the text ends within this quoted "
       "field, it seems cut off"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ReadAll(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(Message(status), c.message) << c.what;
  }
}

TEST(CsvTest, RowsBeforeAnErrorAreRead) {
  std::deque<std::string> unescaped;
  CsvReader reader("a,b\nc,\"d", unescaped);
  std::vector<CsvField> row;
  ASSERT_TRUE(reader.Next(row).value());
  EXPECT_EQ(row.size(), 2);
  EXPECT_FALSE(reader.Next(row).ok());
}

TEST(CsvTest, FieldsKnowTheirPlace) {
  std::deque<std::string> unescaped;
  CsvReader reader("a,\xC3\xA9,c\r\n\n\"d\r\ne\n\",f,\"g\"\n", unescaped);
  const TextPosition expected[][3] = {{{1, 1}, {1, 3}, {1, 6}}, {{3, 1}, {5, 3}, {5, 5}}};
  for (const auto& places : expected) {
    std::vector<CsvField> row;
    ASSERT_TRUE(reader.Next(row).value());
    ASSERT_EQ(row.size(), 3);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(row[i].position.line, places[i].line) << row[i].text;
      EXPECT_EQ(row[i].position.column, places[i].column) << row[i].text;
    }
  }
}

TEST(CsvTest, OnlyFieldsWithQuotesAreCopied) {
  const std::string text = "a,\"b\",\"c\"\"d\"\n";
  std::deque<std::string> unescaped;
  CsvReader reader(text, unescaped);
  std::vector<CsvField> row;
  ASSERT_TRUE(reader.Next(row).value());
  EXPECT_EQ(row[0].text.data(), text.data());
  EXPECT_EQ(row[1].text.data(), text.data() + 3);
  EXPECT_THAT(unescaped, ::testing::ElementsAre("c\"d"));
}

TEST(CsvTest, UnescapedFieldsStayWhileOthersFollow) {
  std::string text;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "\"\"\"", i, "\"\"\"\n");
  const Rows rows = ReadAll(text).value();
  ASSERT_EQ(rows.size(), 1000);

  std::deque<std::string> unescaped;
  CsvReader reader(text, unescaped);
  std::vector<CsvField> first;
  ASSERT_TRUE(reader.Next(first).value());
  std::vector<CsvField> row;
  while (reader.Next(row).value()) {
  }
  EXPECT_EQ(first[0].text, "\"0\"");
}

TEST(CsvTest, FieldsAreBounded) {
  const std::string longest(CsvReader::kMaxFieldBytes, 'x');
  EXPECT_EQ(ReadAll(longest).value()[0][0], longest);
  EXPECT_EQ(ReadAll("a\n" + longest + "\nb\n").value()[1][0], longest);
  EXPECT_EQ(ReadAll("\"" + longest + "\"").value()[0][0], longest);
  EXPECT_EQ(ReadAll("\"" + longest + "\",b\n").value()[0][0], longest);

  EXPECT_EQ(Message(ReadAll("a," + longest + "x\n").status()),
            "line 1, column 3: field is longer than 16384 bytes");
  EXPECT_EQ(Message(ReadAll("a\nb,\"" + longest + "x\"\n").status()),
            "line 2, column 3: quoted field is longer than 16384 bytes, its closing quote seems to "
            "be missing");
}

TEST(CsvTest, AForgottenQuoteIsReportedWhereItStands) {
  std::string text = "a,b\nc,\"forgotten\n";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&text, "d,e\n");
  EXPECT_EQ(Message(ReadAll(text).status()),
            "line 2, column 3: quoted field is longer than 16384 bytes, its closing quote seems to "
            "be missing");
}

TEST(CsvTest, FieldsPerRowAreBounded) {
  const std::string most(CsvReader::kMaxFields - 1, ',');
  EXPECT_EQ(ReadAll(most + "\n").value()[0].size(), CsvReader::kMaxFields);
  EXPECT_EQ(Message(ReadAll("a\n" + most + ",\n").status()),
            "line 2, column 65: more than 64 fields in a row");
}

TEST(CsvTest, AFieldIsQuotedOnlyIfItMustBe) {
  EXPECT_EQ(ToCsvField(""), "");
  EXPECT_EQ(ToCsvField("a b"), "a b");
  EXPECT_EQ(ToCsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(ToCsvField("a\nb"), "\"a\nb\"");
  EXPECT_EQ(ToCsvField("a\rb"), "\"a\rb\"");
  EXPECT_EQ(ToCsvField("say \"hi\""), "\"say \"\"hi\"\"\"");
}

TEST(CsvTest, WhatIsWrittenIsReadAgain) {
  for (const std::string text : {"", "plain", ",", "\"", "\"\"", "a\nb", "a\r\nb", "a,\"b\",\n"}) {
    const Rows rows = ReadAll(absl::StrCat(ToCsvField(text), ",", ToCsvField(text), "\n")).value();
    EXPECT_EQ(rows, (Rows{{text, text}}));
  }
}

TEST(CsvTest, ErrorsAreInvalidArgumentWithThePlaceFirst) {
  const absl::Status status = ErrorAt({.line = 3, .column = 7}, "message");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status), "line 3, column 7: message");
}

}  // namespace
}  // namespace portreg
