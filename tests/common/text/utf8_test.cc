#include "common/text/utf8.h"

#include <cstddef>
#include <string>

#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(Utf8Test, ValidTextHasNoInvalidByte) {
  const std::string texts[] = {
      "",
      "plain",
      std::string("\0", 1),
      "\x7F",
      "\xC2\x80",
      "caf\xC3\xA9",
      "\xE0\xA0\x80",
      "\xED\x9F\xBF",
      "\xEE\x80\x80",
      "\xEF\xBF\xBD",
      "\xF0\x90\x80\x80",
      "\xF4\x8F\xBF\xBF",
  };
  for (const std::string& text : texts) {
    EXPECT_TRUE(IsValidUtf8(text)) << ::testing::PrintToString(text);
    EXPECT_EQ(FindInvalidUtf8(text), text.size()) << ::testing::PrintToString(text);
  }
}

TEST(Utf8Test, TheFirstInvalidByteIsFound) {
  const struct {
    const char* what;
    const char* text;
    size_t at;
  } cases[] = {
      {"a lone continuation", "ab\x80", 2},
      {"Latin-1", "caf\xE9 au lait", 3},
      {"cut inside two bytes", "a\xC3", 1},
      {"cut inside three bytes", "a\xE2\x82", 1},
      {"cut inside four bytes", "a\xF0\x9F\x98", 1},
      {"no continuation", "\xC3(", 0},
      {"overlong slash", "a\xC0\xAF", 1},
      {"overlong in three bytes", "a\xE0\x80\xAF", 1},
      {"overlong in four bytes", "a\xF0\x80\x80\xAF", 1},
      {"high surrogate", "a\xED\xA0\x80", 1},
      {"low surrogate", "a\xED\xBF\xBF", 1},
      {"above U+10FFFF", "a\xF4\x90\x80\x80", 1},
      {"five bytes", "a\xF8\x88\x80\x80\x80", 1},
      {"0xFF", "abc\xFF", 3},
      {"after valid ones", "\xC3\xA9\xE2\x82\xAC\xFE", 5},
  };
  for (const auto& c : cases) {
    EXPECT_FALSE(IsValidUtf8(c.text)) << c.what;
    EXPECT_EQ(FindInvalidUtf8(c.text), c.at) << c.what;
  }
}

TEST(Utf8Test, WhereInALongTextAByteStandsMakesNoDifference) {
  const std::string ascii(200, 'a');
  for (size_t at = 0; at < ascii.size(); ++at) {
    std::string text = ascii;
    text[at] = '\xE9';
    EXPECT_EQ(FindInvalidUtf8(text), at);
    text.insert(at, "\xC3");
    text[at + 1] = '\xA9';
    EXPECT_EQ(FindInvalidUtf8(text), text.size()) << at;
    EXPECT_EQ(FindInvalidUtf8(text + "\xFF"), text.size()) << at;
  }
}

}  // namespace
}  // namespace portreg
