// Tests mirrors with a server and a clock that the test simulates.
#include "client/mirror/mirror_follower.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/mirror/mirrored_registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/fake_clock.h"

namespace portreg::internal {
namespace {

using ::testing::ElementsAre;

// Serves an empty registry of one revision, or fails. Belongs to the test and to the
// follower's source.
class FakeRegistry {
 public:
  void Serve(absl::StatusOr<std::string> revision) {
    const std::lock_guard lock(mutex_);
    revision_ = std::move(revision);
  }
  absl::StatusOr<std::string> Serves(const std::string& call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(call);
    changed_.notify_all();
    return revision_;
  }
  void Watch(const std::string& revision, MirrorSource::WatchCallbacks callbacks) {
    const std::lock_guard lock(mutex_);
    calls_.push_back("watch " + revision);
    callbacks_ = std::move(callbacks);
    changed_.notify_all();
  }
  // Serves another revision, and reports it.
  void Report(const std::string& revision) {
    Serve(revision);
    callbacks().on_revision(revision);
  }
  void Lose(const absl::Status& status, bool for_good) { callbacks().on_lost(status, for_good); }

  // Waits until `count` calls have been made. Returns all calls.
  std::vector<std::string> Await(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return calls_.size() >= count; });
    return calls_;
  }

  FakeClock& clock() { return clock_; }

 private:
  MirrorSource::WatchCallbacks callbacks() {
    const std::lock_guard lock(mutex_);
    return callbacks_;
  }

  FakeClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::StatusOr<std::string> revision_ = "1";
  std::vector<std::string> calls_;
  MirrorSource::WatchCallbacks callbacks_;
};

class FakeSource final : public MirrorSource {
 public:
  explicit FakeSource(FakeRegistry& registry) : registry_(registry) {}

  [[nodiscard]] Clock& clock() override { return registry_.clock(); }
  void Watch(const std::string& revision, WatchCallbacks callbacks) override {
    registry_.Watch(revision, std::move(callbacks));
  }
  void StopWatching() override {}
  [[nodiscard]] absl::StatusOr<std::string> AskRevision() override {
    return registry_.Serves("ask");
  }
  [[nodiscard]] absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> Fetch() override {
    const absl::StatusOr<std::string> revision = registry_.Serves("fetch");
    if (!revision.ok()) return revision.status();
    return std::make_shared<const MirrorSnapshot>(MirroredRegistry::Create(*revision, {}).value());
  }
  void CancelCalls() override {}

 private:
  FakeRegistry& registry_;
};

class MirrorFollowerTest : public ::testing::Test {
 protected:
  MirrorFollowerTest() { EXPECT_TRUE(follower_.Start().ok()); }

  // Waits until a snapshot of the revision has replaced another.
  void AwaitRevision(const std::string& revision) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return changed_to_ == revision; });
    EXPECT_EQ(follower_.snapshot()->revision(), revision);
  }

  // Advances the clock beyond the pause of the follower's thread.
  void Rest() {
    registry_.clock().AwaitWaiter();
    registry_.clock().Advance(absl::Seconds(11));
  }

  FakeRegistry registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string changed_to_;
  MirrorFollower follower_{std::make_unique<FakeSource>(registry_),
                           [this](const std::shared_ptr<const MirrorSnapshot>& now) {
                             const std::lock_guard lock(mutex_);
                             changed_to_ = now->revision();
                             changed_.notify_all();
                           }};
};

TEST_F(MirrorFollowerTest, FetchesWhatTheServerReports) {
  EXPECT_EQ(follower_.snapshot()->revision(), "1");
  registry_.Report("2");
  AwaitRevision("2");
  EXPECT_THAT(registry_.Await(3), ElementsAre("fetch", "watch 1", "fetch"));
  EXPECT_EQ(follower_.staleness(), absl::ZeroDuration());
}

TEST_F(MirrorFollowerTest, IsStaleAsLongAsTheServerCannotBeAsked) {
  registry_.Serve(absl::UnavailableError("gone"));
  registry_.Lose(absl::UnavailableError("gone"), false);
  registry_.Await(3);
  registry_.clock().AwaitWaiter();
  EXPECT_TRUE(absl::IsUnavailable(follower_.status()));
  const absl::Duration before = follower_.staleness();
  registry_.Serve("1");
  Rest();
  EXPECT_THAT(registry_.Await(5), ElementsAre("fetch", "watch 1", "ask", "ask", "watch 1"));
  registry_.clock().AwaitWaiter();
  EXPECT_EQ(before, absl::ZeroDuration());
  EXPECT_TRUE(follower_.status().ok());
  EXPECT_EQ(follower_.staleness(), absl::ZeroDuration());
}

TEST_F(MirrorFollowerTest, PausesBetweenTwoRevisions) {
  registry_.Report("2");
  AwaitRevision("2");
  registry_.clock().AwaitWaiter();
  registry_.Report("3");
  registry_.clock().AwaitWaiter();
  registry_.clock().Advance(absl::Milliseconds(49));
  EXPECT_EQ(follower_.snapshot()->revision(), "2");
  EXPECT_EQ(follower_.staleness(), absl::Milliseconds(49));
  registry_.clock().Advance(absl::Milliseconds(1));
  AwaitRevision("3");
}

TEST_F(MirrorFollowerTest, StatusStaysOnceTheWatchHasEnded) {
  registry_.Lose(absl::PermissionDeniedError("no"), true);
  EXPECT_TRUE(absl::IsPermissionDenied(follower_.status()));
  registry_.Report("2");
  AwaitRevision("2");
  EXPECT_TRUE(absl::IsPermissionDenied(follower_.status()));
}

TEST_F(MirrorFollowerTest, MayBeReadWhileRevisionsChange) {
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        EXPECT_FALSE(follower_.snapshot()->revision().empty());
        EXPECT_TRUE(follower_.status().ok());
        EXPECT_GE(follower_.staleness(), absl::ZeroDuration());
        // Yields, because readers that take the lock again at once would starve the
        // follower.
        std::this_thread::yield();
      }
    });
  }
  for (int revision = 2; revision < 10; ++revision) {
    registry_.Report(std::to_string(revision));
    AwaitRevision(std::to_string(revision));
    Rest();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace portreg::internal
