#include "client/cli/annotate/progress_line.h"

#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

TEST(ProgressTextTest, TellsBytesLinesAndSpeed) {
  EXPECT_EQ(
      ProgressText({.bytes = 1'250'000'000, .total = 5'000'000'000}, 12'300'000, absl::Seconds(2)),
      "1.2 GB of 5.0 GB (25 %), 12.3 million lines, 6.2 million lines/s");
  EXPECT_EQ(ProgressText({.bytes = 999, .total = {}}, 0, absl::ZeroDuration()),
            "999 B, 0.0 million lines, 0.0 million lines/s");
  // A file that has grown meanwhile.
  EXPECT_EQ(ProgressText({.bytes = 3'000, .total = 2'000}, 0, absl::Seconds(1)),
            "3.0 kB of 2.0 kB (100 %), 0.0 million lines, 0.0 million lines/s");
}

}  // namespace
}  // namespace portreg::cli
