#include "common/text/quote.h"

#include <cstddef>
#include <string>

#include "common/text/utf8.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(QuoteTest, TextIsShownInQuotes) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("http"), R"("http")");
  EXPECT_EQ(Quoted("caf\xC3\xA9"), "\"caf\xC3\xA9\"");
}

TEST(QuoteTest, PrintableTextStaysAsItIs) {
  EXPECT_EQ(Printable(""), "");
  EXPECT_EQ(Printable("two words, caf\xC3\xA9 \xF0\x9F\x98\x80"),
            "two words, caf\xC3\xA9 \xF0\x9F\x98\x80");
  const std::string long_text(10'000, 'x');
  EXPECT_EQ(Printable(long_text), long_text);
}

TEST(QuoteTest, PrintableTextIsOneLineWithoutControlCharacters) {
  EXPECT_EQ(Printable("a\nb\x1B[31m"), R"(a\nb\x1b[31m)");
  EXPECT_EQ(Printable("a\xC2\x9Bz"), R"(a\u009bz)");
  EXPECT_EQ(Printable("caf\xE9\n"), R"(caf\xe9\n)");
  // Line separators, and marks that change the direction of writing.
  for (const char* text : {"\u2028", "\u2029", "\u202E", "\u2066", "\u200F", "\u061C"}) {
    EXPECT_EQ(Printable(text).substr(0, 2), "\\u") << ::testing::PrintToString(text);
  }
}

TEST(QuoteTest, ControlCharactersAreEscaped) {
  EXPECT_EQ(Quoted("\x1B[31m"), R"("\x1b[31m")");
  EXPECT_EQ(Quoted("a\r\n\t\x7F"), R"("a\r\n\t\x7f")");
  EXPECT_EQ(Quoted(absl::string_view("a\0z", 3)), R"("a\x00z")");
}

TEST(QuoteTest, ControlCharactersAboveAsciiAreEscapedToo) {
  // U+009B begins a terminal's commands, like ESC [.
  for (const char* text : {"\xC2\x80",
                           "\xC2\x9B"
                           "31m",
                           "caf\xC3\xA9 \xC2\x85", "\xC2\x9F"}) {
    EXPECT_EQ(Quoted(text).find('\xC2'), std::string::npos) << ::testing::PrintToString(text);
    EXPECT_TRUE(IsValidUtf8(Quoted(text)));
  }
  EXPECT_EQ(Quoted("\xC2\xA0\xC2\xBF"), "\"\xC2\xA0\xC2\xBF\"");  // these are no control characters
}

TEST(QuoteTest, BytesThatAreNoTextAreEscaped) {
  EXPECT_EQ(Quoted("caf\xE9"), R"("caf\xe9")");
  EXPECT_EQ(Quoted("\xFF\xFE"), R"("\xff\xfe")");
  EXPECT_EQ(Quoted("\xED\xA0\x80"), R"("\xed\xa0\x80")");
}

TEST(QuoteTest, TextIsShownUpToItsBound) {
  const std::string longest(64, 'x');
  EXPECT_EQ(Quoted(longest), "\"" + longest + "\"");
  EXPECT_EQ(Quoted(longest + "y"), "\"" + longest + "...\"");
  EXPECT_EQ(Quoted("abcd", 4), R"("abcd")");
  EXPECT_EQ(Quoted("abcd", 3), R"("abc...")");
  EXPECT_EQ(Quoted("abcd", 0), R"("...")");
  EXPECT_EQ(Quoted("ab\xFF"
                   "cd",
                   3),
            R"("ab\xff...")");
}

TEST(QuoteTest, TextIsCutBetweenCharacters) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";  // 1, 2, 3 and 4 bytes
  const struct {
    size_t max_bytes;
    size_t shown;
  } cases[] = {{1, 1}, {2, 1}, {3, 3}, {4, 3}, {5, 3}, {6, 6}, {7, 6}, {9, 6}};
  for (const auto& c : cases) {
    EXPECT_EQ(Quoted(text, c.max_bytes), "\"" + text.substr(0, c.shown) + "...\"") << c.max_bytes;
  }
  EXPECT_EQ(Quoted(text, 10), "\"" + text + "\"");
}

TEST(QuoteTest, WhateverTheTextTheResultIsUtf8) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text.push_back(static_cast<char>(i * 37 % 256));
    EXPECT_TRUE(IsValidUtf8(Quoted(text))) << i;
    EXPECT_TRUE(IsValidUtf8(Quoted(absl::string_view(text).substr(text.size() - 1)))) << i;
  }
}

}  // namespace
}  // namespace portreg
