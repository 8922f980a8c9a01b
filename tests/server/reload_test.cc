#include "server/reload.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

bool Soon(const std::function<bool()>& holds) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (!holds()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

class ReloadTest : public ::testing::Test {
 protected:
  // A reloader whose only subject has the outcome that is set.
  std::unique_ptr<Reloader> Start(absl::Duration interval) {
    std::vector<ReloadSubject> subjects;
    subjects.push_back({"registry", FileWatch({file_}), [this] {
                          ++attempts_;
                          return outcome_;
                        }});
    return std::make_unique<Reloader>(std::move(subjects), interval);
  }

  const TempDirectory directory_;
  const std::string file_ = directory_.Write("data", "one");
  absl::StatusOr<bool> outcome_ = true;
  std::atomic<int> attempts_ = 0;
};

TEST_F(ReloadTest, AChangedFileIsReloadedOnce) {
  const std::unique_ptr<Reloader> reloader = Start(absl::Milliseconds(5));
  std::filesystem::rename(directory_.Write("next", "another"), file_);
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].succeeded == 1; }));
  // Others would have come by then.
  reloader->ReloadSoon();
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].succeeded == 2; }));
  EXPECT_EQ(attempts_, 2);
}

TEST_F(ReloadTest, WithoutIntervalOnlyTheWordCounts) {
  const std::unique_ptr<Reloader> reloader = Start(absl::ZeroDuration());
  (void)directory_.Write("data", "another");
  reloader->ReloadSoon();
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].succeeded == 1; }));
  EXPECT_EQ(attempts_, 1);
}

TEST_F(ReloadTest, OutcomesAreCounted) {
  outcome_ = absl::InvalidArgumentError("no CSV");
  const std::unique_ptr<Reloader> reloader = Start(absl::ZeroDuration());
  const absl::Time start = reloader->stats()[0].last_success;
  reloader->ReloadSoon();
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].failed == 1; }));
  EXPECT_TRUE(reloader->stats()[0].failing);
  EXPECT_EQ(reloader->stats()[0].last_success, start);
  outcome_ = false;
  reloader->ReloadSoon();
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].unchanged == 1; }));
  EXPECT_FALSE(reloader->stats()[0].failing);
  EXPECT_GT(reloader->stats()[0].last_success, start);
  EXPECT_EQ(reloader->stats()[0].succeeded, 0);
}

}  // namespace
}  // namespace portreg
