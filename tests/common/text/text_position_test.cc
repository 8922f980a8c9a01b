#include "common/text/text_position.h"

#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(TextPositionTest, AnErrorIsSplitIntoPositionAndMessage) {
  const MessageAt split = SplitError(ErrorAt({.line = 3, .column = 7}, "port 70000: too large"));
  EXPECT_EQ(split.position.line, 3U);
  EXPECT_EQ(split.position.column, 7U);
  EXPECT_EQ(split.message, "port 70000: too large");
}

TEST(TextPositionTest, OtherErrorsAreOfLine1) {
  for (const char* text : {"file is empty", "line x, column 2: y", "a: b", ""}) {
    const MessageAt split = SplitError(absl::InvalidArgumentError(text));
    EXPECT_EQ(split.position.line, 1U) << text;
    EXPECT_EQ(split.position.column, 0U) << text;
    EXPECT_EQ(split.message, text);
  }
}

}  // namespace
}  // namespace portreg
