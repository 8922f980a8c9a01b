#include "server/reload/reload.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/server/fake_systemd.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;

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
  // Starts a reloader whose only subject has the outcome that is set.
  std::unique_ptr<Reloader> Start(absl::Duration interval) {
    std::vector<ReloadSubject> subjects;
    subjects.push_back({"registry", FileWatch({file_}), [this] {
                          ++attempts_;
                          return outcome_;
                        }});
    return std::make_unique<Reloader>(std::move(subjects), interval, systemd_notifier_);
  }

  const TempDirectory directory_;
  const std::string file_ = directory_.Write("data", "one");
  SystemdNotifier systemd_notifier_;
  absl::StatusOr<bool> outcome_ = true;
  std::atomic<int> attempts_ = 0;
};

TEST_F(ReloadTest, AChangedFileIsReloadedOnce) {
  const std::unique_ptr<Reloader> reloader = Start(absl::Milliseconds(5));
  std::filesystem::rename(directory_.Write("next", "another"), file_);
  ASSERT_TRUE(Soon([&] { return reloader->stats()[0].succeeded == 1; }));
  // Further reloads of the changed file would have come before this one.
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

TEST_F(ReloadTest, FilesThatAreReplacedWithoutPauseAreTakenAndReported) {
  const std::unique_ptr<Reloader> reloader = Start(absl::Milliseconds(20));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; !done; ++i) {
      std::filesystem::rename(directory_.Write("next", absl::StrCat(i)), file_);
    }
  });
  EXPECT_TRUE(Soon([&] { return reloader->stats()[0].unsettled; }));
  EXPECT_TRUE(Soon([&] { return reloader->stats()[0].succeeded >= 3; }));
  done = true;
  writer.join();
  EXPECT_TRUE(Soon([&] { return !reloader->stats()[0].unsettled; }));
}

TEST_F(ReloadTest, AFileThatIsWrittenWithoutPauseIsReportedAndLetBe) {
  const std::unique_ptr<Reloader> reloader = Start(absl::Milliseconds(20));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::ofstream file(file_, std::ios::app);
    while (!done) file << 'x' << std::flush;
  });
  EXPECT_TRUE(Soon([&] { return reloader->stats()[0].unsettled; }));
  done = true;
  writer.join();
  EXPECT_TRUE(Soon([&] { return reloader->stats()[0].succeeded >= 1; }));
  EXPECT_TRUE(Soon([&] { return !reloader->stats()[0].unsettled; }));
}

TEST_F(ReloadTest, AReloadThatEndsAfterTheStopDoesNotSayReady) {
  const FakeSystemd listener;
  std::vector<ReloadSubject> subjects;
  subjects.push_back({"registry", FileWatch({file_}), [this]() -> absl::StatusOr<bool> {
                        systemd_notifier_.Stopping();
                        return true;
                      }});
  {
    Reloader reloader(std::move(subjects), absl::ZeroDuration(), systemd_notifier_);
    systemd_notifier_.Ready();
    reloader.ReloadSoon();
    ASSERT_TRUE(Soon([&] { return reloader.stats()[0].succeeded == 1; }));
  }
  systemd_notifier_.Stopping();
  EXPECT_THAT(listener.Received(), ElementsAre("READY=1", "RELOADING=1", "STOPPING=1"));
}

}  // namespace
}  // namespace portreg::server
