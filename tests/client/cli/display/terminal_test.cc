#include "client/cli/display/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ExitedWithCode;

TEST(PrintableTest, OrdinaryTextStays) {
  for (const absl::string_view text : {"", "https", "a \"quoted\" \\ text",
                                       "Gr\u00fc\u00dfe \u4e16\u754c \U0001f600", "~", "\u00a0"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

struct Escape {
  absl::string_view text;
  std::string printable;
};

TEST(PrintableTest, ControlCharactersAreEscaped) {
  const std::vector<Escape> table = {
      {"\x1b[2J", "\\x1b[2J"},
      {"\n", "\\n"},
      {"a\nb\r\tc", "a\\nb\\r\\tc"},
      {absl::string_view("\0", 1), "\\x00"},
      {"\x1f", "\\x1f"},
      {"\a\b\f\v", "\\x07\\x08\\x0c\\x0b"},
      {"\x7f", "\\x7f"},
      // C1 characters. U+009B begins sequences like ESC [.
      {"\u0080", "\\u0080"},
      {"\u009b2J", "\\u009b2J"},
      {"\u009f", "\\u009f"},
      {"\u00e4\n\u00e4", "\u00e4\\n\u00e4"},
  };
  for (const Escape& escape : table) EXPECT_EQ(Printable(escape.text), escape.printable);
}

TEST(PrintableTest, WhatChangesALinesDirectionIsEscaped) {
  // All characters with Bidi_Control in the Unicode character database.
  const std::vector<Escape> table = {
      {"\u061c", "\\u061c"}, {"\u200e", "\\u200e"}, {"\u200f", "\\u200f"}, {"\u202a", "\\u202a"},
      {"\u202b", "\\u202b"}, {"\u202c", "\\u202c"}, {"\u202d", "\\u202d"}, {"\u202e", "\\u202e"},
      {"\u2066", "\\u2066"}, {"\u2067", "\\u2067"}, {"\u2068", "\\u2068"}, {"\u2069", "\\u2069"},
  };
  for (const Escape& escape : table) EXPECT_EQ(Printable(escape.text), escape.printable);
}

TEST(PrintableTest, LineAndParagraphSeparatorsAreEscaped) {
  EXPECT_EQ(Printable("a\u2028b\u2029c"), "a\\u2028b\\u2029c");
}

TEST(PrintableTest, TextThatIsNotUtf8IsEscaped) {
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("a\x80z"), "a\\x80z");
  EXPECT_EQ(Printable("\xc3"), "\\xc3");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(PrintableTest, EveryByteBecomesPlainUtf8) {
  for (int byte = 0; byte < 256; ++byte) {
    const char text[] = {'a', static_cast<char>(byte), 'z'};
    const std::string printable = Printable({text, sizeof(text)});
    EXPECT_TRUE(IsValidUtf8(printable)) << byte;
    for (const char c : printable) {
      EXPECT_GE(c, 0x20) << byte;
      EXPECT_LT(c, 0x7f) << byte;
    }
  }
}

TEST(DisplayWidthTest, CountsCodePoints) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("https"), 5);
  EXPECT_EQ(DisplayWidth("Gr\u00fc\u00dfe"), 5);
  EXPECT_EQ(DisplayWidth("\u20ac\U0001f600"), 2);
}

TEST(TruncatedTest, TextThatFitsStays) {
  EXPECT_EQ(Truncated("https", 5), "https");
  EXPECT_EQ(Truncated("https", 80), "https");
  EXPECT_EQ(Truncated("\u00e4\u00f6\u00fc", 3), "\u00e4\u00f6\u00fc");
  EXPECT_EQ(Truncated("", 0), "");
}

TEST(TruncatedTest, LongTextEndsInAnEllipsis) {
  EXPECT_EQ(Truncated("https", 4), "htt\u2026");
  EXPECT_EQ(Truncated("https", 1), "\u2026");
  EXPECT_EQ(Truncated("https", 0), "");
}

TEST(TruncatedTest, CodePointsStayWhole) {
  EXPECT_EQ(Truncated("\u00e4\u00f6\u00fc\u00df", 3), "\u00e4\u00f6\u2026");
  EXPECT_EQ(Truncated("\U0001f600\U0001f601\U0001f602", 2), "\U0001f600\u2026");
}

TEST(WrappedTest, LinesAreBrokenAtBlanks) {
  EXPECT_EQ(Wrapped("aa bb cc dd", 5, 0), "aa bb\ncc dd");
  EXPECT_EQ(Wrapped("aa bb cc dd", 4, 0), "aa\nbb\ncc\ndd");
  EXPECT_EQ(Wrapped("aa bb cc dd", 11, 0), "aa bb cc dd");
  EXPECT_EQ(Wrapped("aa bb cc dd", 10, 0), "aa bb cc\ndd");
}

TEST(WrappedTest, LinesButTheFirstAreIndented) {
  // The first line begins behind the caller's indent.
  EXPECT_EQ(Wrapped("aa bb cc", 7, 2), "aa bb\n  cc");
  EXPECT_EQ(Wrapped("aa bb cc", 6, 2), "aa\n  bb\n  cc");
}

TEST(WrappedTest, WidthCountsCodePoints) {
  EXPECT_EQ(Wrapped("\u00e4\u00e4 \u00e4\u00e4 \u00e4\u00e4", 5, 0),
            "\u00e4\u00e4 \u00e4\u00e4\n\u00e4\u00e4");
}

TEST(WrappedTest, LongWordHasALineOfItsOwn) {
  EXPECT_EQ(Wrapped("a longword b", 4, 0), "a\nlongword\nb");
  EXPECT_EQ(Wrapped("longword b", 4, 0), "longword\nb");
}

TEST(WrappedTest, WithoutAWidthThereIsOneLine) {
  EXPECT_EQ(Wrapped("aa bb cc", 0, 0), "aa bb cc");
  EXPECT_EQ(Wrapped("aa bb cc", 0, 4), "aa bb cc");
  EXPECT_EQ(Wrapped("aa bb cc", 4, 4), "aa bb cc");
}

TEST(StyledTest, StylesAreForTerminalsThatHaveThem) {
  EXPECT_EQ(Styled("text", kBold, {.color = true}), "\033[1mtext\033[0m");
  EXPECT_EQ(Styled("text", kBold, {}), "text");
  EXPECT_EQ(Styled("text", "", {.color = true}), "text");
  EXPECT_EQ(Styled("", kBold, {.color = true}), "");
}

TEST(StyledLineTest, EscapeSequencesTakeNoColumns) {
  StyledLine line;
  line.Append("\u00e4bc ");
  line.Append("def", kCyan);
  line.Append(" ghi");
  EXPECT_EQ(line.width(), 11);
  struct Row {
    size_t width;
    std::string plain;
    std::string styled;
  };
  const std::vector<Row> table = {
      {0, "\u00e4bc def ghi", "\u00e4bc \033[36mdef\033[0m ghi"},
      {11, "\u00e4bc def ghi", "\u00e4bc \033[36mdef\033[0m ghi"},
      {10, "\u00e4bc def g\u2026", "\u00e4bc \033[36mdef\033[0m g\u2026"},
      {8, "\u00e4bc def\u2026", "\u00e4bc \033[36mdef\033[0m\u2026"},
      {7, "\u00e4bc de\u2026", "\u00e4bc \033[36mde\u2026\033[0m"},
      {5, "\u00e4bc \u2026", "\u00e4bc \033[36m\u2026\033[0m"},
      {4, "\u00e4bc\u2026", "\u00e4bc\u2026"},
      {1, "\u2026", "\u2026"},
  };
  for (const Row& row : table) {
    EXPECT_EQ(line.Shown({.width = row.width}), row.plain) << row.width;
    EXPECT_EQ(line.Shown({.width = row.width, .color = true}), row.styled) << row.width;
  }
  EXPECT_EQ(StyledLine().Shown({.width = 1, .color = true}), "");
}

// Makes standard output a terminal of `columns` columns, or a file. Writes to standard
// error what StandardOutput() finds.
[[noreturn]] void DescribeTerminal(unsigned short columns, ColorMode mode = ColorMode::kAuto) {
  const int controller = posix_openpt(O_RDWR | O_NOCTTY);
  if (grantpt(controller) != 0 || unlockpt(controller) != 0) std::_Exit(9);
  const int terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
  winsize size = {};
  size.ws_col = columns;
  if (ioctl(terminal, TIOCSWINSZ, &size) != 0) std::_Exit(9);
  if (dup2(terminal, STDOUT_FILENO) < 0) std::_Exit(9);
  const Terminal found = StandardOutput(mode);
  std::fprintf(stderr, "width %zu, %s", found.width, found.color ? "color" : "plain");
  std::_Exit(0);
}

[[noreturn]] void DescribeFile(ColorMode mode) {
  if (dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0) std::_Exit(9);
  const Terminal found = StandardOutput(mode);
  std::fprintf(stderr, "width %zu, %s", found.width, found.color ? "color" : "plain");
  std::_Exit(0);
}

class StandardOutputDeathTest : public ::testing::Test {
 protected:
  StandardOutputDeathTest() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
  }
  ~StandardOutputDeathTest() override { unsetenv("NO_COLOR"); }
};

TEST_F(StandardOutputDeathTest, TerminalHasAWidthAndColors) {
  EXPECT_EXIT(DescribeTerminal(132), ExitedWithCode(0), "width 132, color");
}

TEST_F(StandardOutputDeathTest, TerminalOfUnknownWidthHas80Columns) {
  EXPECT_EXIT(DescribeTerminal(0), ExitedWithCode(0), "width 80, color");
}

TEST_F(StandardOutputDeathTest, NoColorIsHonoured) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_EXIT(DescribeTerminal(132), ExitedWithCode(0), "width 132, plain");
}

TEST_F(StandardOutputDeathTest, EmptyNoColorIsNone) {
  // An empty NO_COLOR has no effect, by the rules of no-color.org.
  setenv("NO_COLOR", "", 1);
  EXPECT_EXIT(DescribeTerminal(132), ExitedWithCode(0), "width 132, color");
}

TEST_F(StandardOutputDeathTest, DumbTerminalHasNoColors) {
  setenv("TERM", "dumb", 1);
  EXPECT_EXIT(DescribeTerminal(132), ExitedWithCode(0), "width 132, plain");
}

TEST_F(StandardOutputDeathTest, FileHasNoWidthAndNoColors) {
  EXPECT_EXIT(DescribeFile(ColorMode::kAuto), ExitedWithCode(0), "width 0, plain");
  EXPECT_EXIT(DescribeFile(ColorMode::kNever), ExitedWithCode(0), "width 0, plain");
}

TEST_F(StandardOutputDeathTest, AlwaysHasColorsWhateverElseIsSaid) {
  setenv("NO_COLOR", "1", 1);
  setenv("TERM", "dumb", 1);
  EXPECT_EXIT(DescribeTerminal(132, ColorMode::kAlways), ExitedWithCode(0), "width 132, color");
  EXPECT_EXIT(DescribeFile(ColorMode::kAlways), ExitedWithCode(0), "width 0, color");
}

TEST_F(StandardOutputDeathTest, NeverHasNoColors) {
  EXPECT_EXIT(DescribeTerminal(132, ColorMode::kNever), ExitedWithCode(0), "width 132, plain");
}

}  // namespace
}  // namespace portreg::cli
