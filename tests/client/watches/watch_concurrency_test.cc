// Tests watches with a server and a clock that the test simulates.
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/watches/watch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/fake_backend.h"
#include "tests/client/watch_log.h"

namespace portreg::internal {
namespace {

using ::testing::ElementsAre;

const grpc::Status kWatchBroke{grpc::StatusCode::UNAVAILABLE, "gone"};

class WatchConcurrencyTest : public ::testing::Test {
 protected:
  ~WatchConcurrencyTest() override {
    watch_->Cancel();
    clock().Settle();
  }

  FakeClock& clock() { return backend_->fake_clock(); }

  void Start(absl::Duration max_backoff = absl::Seconds(1)) {
    WatchOptions options = log_.Options();
    options.on_recovery = log_.OnRecovery();
    options.initial_backoff = absl::Seconds(1);
    options.max_backoff = max_backoff;
    watch_ = std::make_shared<Watch>(backend_, log_.OnRevision(), std::move(options));
    watch_->Start();
  }

  const std::shared_ptr<FakeBackend> backend_ = std::make_shared<FakeBackend>();
  WatchLog log_;
  std::shared_ptr<Watch> watch_;
};

TEST_F(WatchConcurrencyTest, OpensABrokenStreamAgainAfterAPause) {
  Start();
  backend_->AwaitWatch(0)->Send(Told("1"));
  EXPECT_THAT(log_.Await(1), ElementsAre("1"));
  backend_->AwaitWatch(0)->EndWith(kWatchBroke);
  EXPECT_THAT(log_.Await(2), ElementsAre("1", "lost UNAVAILABLE"));
  clock().Settle();
  EXPECT_EQ(backend_->watches(), 1u);
  clock().Advance(absl::Seconds(1));
  // Asks for any revision, to learn that the server has returned.
  EXPECT_EQ(backend_->AwaitWatch(1)->asked(), "");
  backend_->AwaitWatch(1)->Send(Told("1"));
  EXPECT_THAT(log_.Await(3), ElementsAre("1", "lost UNAVAILABLE", "back"));
}

TEST_F(WatchConcurrencyTest, ServerThatLimitsStreamsIsNotLost) {
  Start(absl::Hours(1));
  backend_->AwaitWatch(0)->Send(Told("1"));
  EXPECT_THAT(log_.Await(1), ElementsAre("1"));
  backend_->AwaitWatch(0)->EndWith(grpc::Status::OK);
  // A server sends nothing to a client that knows its revision, and ends each stream after a
  // while.
  for (size_t stream = 1; stream < 4; ++stream) {
    clock().Settle();
    clock().Advance(absl::Seconds(1));
    EXPECT_EQ(backend_->AwaitWatch(stream)->asked(), "1");
    // Waits until the stream is open, because its time counts from then on.
    clock().Settle();
    clock().Advance(absl::Seconds(1));
    backend_->AwaitWatch(stream)->EndWith(grpc::Status::OK);
  }
  // A stream that ends at once has no reason to.
  clock().Settle();
  clock().Advance(absl::Seconds(1));
  backend_->AwaitWatch(4)->EndWith(grpc::Status::OK);
  EXPECT_THAT(log_.Await(2), ElementsAre("1", "lost UNAVAILABLE"));
}

TEST_F(WatchConcurrencyTest, ServerThatEndsAStreamWithoutItsRevisionIsLost) {
  Start(absl::Hours(1));
  backend_->AwaitWatch(0);
  clock().Advance(absl::Seconds(2));
  backend_->AwaitWatch(0)->EndWith(grpc::Status::OK);
  EXPECT_THAT(log_.Await(1), ElementsAre("lost UNAVAILABLE"));
}

TEST_F(WatchConcurrencyTest, GivesUpAServerThatSendsNothing) {
  Start();
  backend_->AwaitWatch(0);
  clock().Advance(backend_->options().timeout);
  EXPECT_THAT(log_.Await(1), ElementsAre("lost DEADLINE_EXCEEDED"));
}

TEST_F(WatchConcurrencyTest, WaitsForAConnectionWithoutALimit) {
  backend_->set_connected(false);
  Start();
  EXPECT_FALSE(backend_->AwaitWatch(0)->terms().wait_for_ready);
  backend_->AwaitWatch(0)->EndWith(kWatchBroke);
  log_.Await(1);
  clock().Settle();
  clock().Advance(absl::Seconds(1));
  EXPECT_TRUE(backend_->AwaitWatch(1)->terms().wait_for_ready);
  clock().Advance(absl::Hours(1));
  clock().Settle();
  backend_->set_connected(true);
  backend_->AwaitWatch(1)->Send(Told("1"));
  EXPECT_THAT(log_.Await(3), ElementsAre("lost UNAVAILABLE", "back", "1"));
}

TEST_F(WatchConcurrencyTest, EndsForGood) {
  Start();
  backend_->AwaitWatch(0)->EndWith({grpc::StatusCode::PERMISSION_DENIED, "no"});
  EXPECT_THAT(log_.Await(1), ElementsAre("end PERMISSION_DENIED"));
}

TEST_F(WatchConcurrencyTest, NoCallbackRunsAfterCancel) {
  for (int i = 0; i < 40; ++i) {
    std::atomic<bool> may_run{true};
    const auto watch = std::make_shared<Watch>(
        backend_, [&](const v1::WatchResponse&) { EXPECT_TRUE(may_run); }, WatchOptions());
    watch->Start();
    const auto stream = backend_->AwaitWatch(static_cast<size_t>(i));
    std::thread server([&] {
      for (int revision = 0; revision < 5; ++revision) {
        stream->Send(Told(std::to_string(revision)));
      }
      stream->EndWith(kWatchBroke);
    });
    std::thread other([&] { watch->Cancel(); });
    watch->Cancel();
    may_run = false;
    server.join();
    other.join();
  }
  Start();
}

TEST_F(WatchConcurrencyTest, CallbackMayCancelItsWatch) {
  std::shared_ptr<Watch> watch;
  std::atomic<int> calls{0};
  watch = std::make_shared<Watch>(
      backend_,
      [&](const v1::WatchResponse&) {
        ++calls;
        watch->Cancel();
      },
      WatchOptions());
  watch->Start();
  backend_->AwaitWatch(0)->Send(Told("1"));
  backend_->AwaitWatch(0)->Send(Told("2"));
  clock().Settle();
  EXPECT_EQ(calls, 1);
  Start();
}

}  // namespace
}  // namespace portreg::internal
