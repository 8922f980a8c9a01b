#include "client/calls/backoff.h"

#include <algorithm>
#include <set>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace portreg::internal {
namespace {

TEST(BackoffTest, PausesDoubleUpToTheLongest) {
  Backoff backoff(absl::Milliseconds(50), absl::Seconds(1));
  for (const int whole : {50, 100, 200, 400, 800, 1000, 1000, 1000}) {
    const absl::Duration pause = backoff.Next();
    EXPECT_GE(pause, absl::Milliseconds(whole) / 2) << whole;
    EXPECT_LE(pause, absl::Milliseconds(whole)) << whole;
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(50));
}

TEST(BackoffTest, NoPauseIsLongerThanTheLongest) {
  Backoff backoff(absl::Seconds(2), absl::Milliseconds(10));
  EXPECT_LE(backoff.Next(), absl::Milliseconds(10));
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(10));
}

TEST(BackoffTest, PausesOfManyClientsAreSpread) {
  std::set<absl::Duration> pauses;
  for (int i = 0; i < 200; ++i) {
    pauses.insert(Backoff(absl::Seconds(1), absl::Seconds(1)).Next());
  }
  EXPECT_GT(pauses.size(), 150);
  EXPECT_LT(*pauses.begin(), absl::Milliseconds(600));
  EXPECT_GT(*pauses.rbegin(), absl::Milliseconds(900));
}

}  // namespace
}  // namespace portreg::internal
