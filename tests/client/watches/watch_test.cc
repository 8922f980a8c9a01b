// Tests watches with a service of scripted streams.
#include "client/watches/watch.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/watcher.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/relay.h"
#include "tests/client/watch_log.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const grpc::Status kUnavailable{grpc::StatusCode::UNAVAILABLE, "gone"};

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    options_.retry.max_attempts = 1;
    client_ = MakeClient(options_);
  }

  // Makes the n-th call play the n-th script. Further calls stay open and send nothing.
  void Play(std::vector<WatchScript> scripts) {
    service_.watch = [scripts = std::move(scripts), next = size_t{0}](const auto&) mutable {
      return next < scripts.size() ? scripts[next++]
                                   : WatchScript{.messages = {}, .end = std::nullopt};
    };
  }

  [[nodiscard]] Watcher Watch() { return client_->Watch(log_.OnRevision(), log_.Options()); }

  std::vector<std::string> AskedRevisions() const {
    std::vector<std::string> revisions;
    for (const v1::WatchRequest& request : service_.watches()) {
      revisions.push_back(request.revision());
    }
    return revisions;
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_;
  WatchLog log_;
};

TEST_F(WatchTest, TellsEachRevisionButNoneTwiceInSuccession) {
  Play(
      {{.messages = {Told("1"), Told("1"), Told("2"), Told("2"), Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(3), ElementsAre("1", "2", "1"));
}

TEST_F(WatchTest, TellsWhatTheServerTells) {
  v1::WatchResponse message = Told("1");
  message.add_layers()->set_record_count(7);
  Play({{.messages = {message}, .end = std::nullopt}});
  absl::Notification told;
  const Watcher watcher = client_->Watch([&](const v1::WatchResponse& now) {
    EXPECT_EQ(now.SerializeAsString(), message.SerializeAsString());
    told.Notify();
  });
  EXPECT_TRUE(told.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

TEST_F(WatchTest, StreamThatEndsIsOpenedAgainWithTheLastRevision) {
  Play({{.messages = {Told("1"), Told("2")}},
        {.messages = {Told("2"), Told("3")}, .end = std::nullopt}});
  WatchOptions options = log_.Options();
  options.revision = "0";
  const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
  // A stream that ends with OK is no interruption.
  EXPECT_THAT(log_.Await(3), ElementsAre("1", "2", "3"));
  EXPECT_THAT(AskedRevisions(), ElementsAre("0", "2"));
}

TEST_F(WatchTest, StreamThatBreaksIsAnInterruptionToldOnce) {
  Play({{.messages = {Told("1")}, .end = kUnavailable},
        {.messages = {}, .end = kUnavailable},
        {.messages = {}, .end = grpc::Status(grpc::StatusCode::INTERNAL, "broken")},
        {.messages = {Told("2")}, .end = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "")},
        {.messages = {Told("3")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(5),
              ElementsAre("1", "lost UNAVAILABLE", "2", "lost RESOURCE_EXHAUSTED", "3"));
  // Asks without a revision after an interruption, to learn that the server has returned.
  EXPECT_THAT(AskedRevisions(), ElementsAre("", "", "", "", ""));
}

TEST_F(WatchTest, RecoveryIsToldOnceAndBeforeARevisionThatIsNew) {
  Play({{.messages = {Told("1")}, .end = kUnavailable},
        {.messages = {}, .end = kUnavailable},
        {.messages = {Told("1"), Told("2")}, .end = kUnavailable},
        {.messages = {Told("3")}, .end = std::nullopt}});
  WatchOptions options = log_.Options();
  options.on_recovery = log_.OnRecovery();
  const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
  EXPECT_THAT(log_.Await(7),
              ElementsAre("1", "lost UNAVAILABLE", "back", "2", "lost UNAVAILABLE", "back", "3"));
}

TEST_F(WatchTest, StreamThatEndsAtOnceWithoutAWordIsAnInterruption) {
  Play({{.messages = {}, .end = grpc::Status::OK},
        {.messages = {}, .end = grpc::Status::OK},
        {.messages = {Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(2), ElementsAre("lost UNAVAILABLE", "1"));
}

TEST_F(WatchTest, MessageWithoutARevisionIsAnInterruption) {
  Play({{.messages = {Told("")}, .end = std::nullopt},
        {.messages = {Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(2), ElementsAre("lost INTERNAL", "1"));
  EXPECT_EQ(Message(log_.last_status()), "the server's reply to Watch has no revision");
}

TEST_F(WatchTest, InterruptionTellsItsReason) {
  Play({{.messages = {},
         .end = ErrorWithReason(grpc::StatusCode::UNAVAILABLE, v1::ERROR_REASON_SERVER_STOPPING,
                                "stopping")}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(1), ElementsAre("lost UNAVAILABLE"));
  EXPECT_EQ(Message(log_.last_status()), "stopping");
  EXPECT_EQ(ErrorReason(log_.last_status()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(WatchTest, ErrorThatWouldStayEndsTheWatch) {
  service_.watch = [](const v1::WatchRequest& request) {
    const auto code = static_cast<grpc::StatusCode>(request.revision().size());
    return WatchScript{.messages = {}, .end = grpc::Status(code, "no")};
  };
  for (const grpc::StatusCode code :
       {grpc::StatusCode::UNIMPLEMENTED, grpc::StatusCode::PERMISSION_DENIED,
        grpc::StatusCode::UNAUTHENTICATED, grpc::StatusCode::INVALID_ARGUMENT}) {
    WatchLog log;
    WatchOptions options = log.Options();
    options.revision.assign(code, 'x');
    const Watcher watcher = client_->Watch(log.OnRevision(), std::move(options));
    log.Await(1);
    EXPECT_EQ(static_cast<int>(log.last_status().code()), code);
    EXPECT_EQ(Message(log.last_status()), "no");
    watcher.Cancel();
    EXPECT_THAT(log.Await(1), SizeIs(1)) << log.last_status();
    EXPECT_EQ(log.holders(), 0);
  }
  EXPECT_THAT(service_.watches(), SizeIs(4));
}

TEST_F(WatchTest, OptionsOutOfBoundsEndTheWatchBeforeItBegins) {
  for (const auto change : {+[](WatchOptions& o) { o.initial_backoff = absl::ZeroDuration(); },
                            +[](WatchOptions& o) { o.max_backoff = absl::Hours(2); },
                            +[](WatchOptions& o) {
                              o.metadata = {{"grpc-x", "y"}};
                            }}) {
    WatchLog log;
    WatchOptions options = log.Options();
    change(options);
    const Watcher watcher = client_->Watch(log.OnRevision(), std::move(options));
    EXPECT_THAT(log.Await(0), ElementsAre("end INVALID_ARGUMENT"));
  }
  EXPECT_THAT(service_.watches(), IsEmpty());
}

TEST_F(WatchTest, MetadataGoesWithEveryStream) {
  Play({{.messages = {Told("1")}}});
  WatchOptions options = log_.Options();
  options.metadata = {{"x-request-id", "7f3a"}};
  const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
  ASSERT_TRUE(service_.WaitForCalls(2));
  for (const Metadata& metadata : service_.metadata()) {
    EXPECT_EQ(metadata.find("x-request-id")->second, "7f3a");
  }
}

TEST_F(WatchTest, CallbacksMayBeLeftOut) {
  Play({{.messages = {Told("1")}, .end = kUnavailable},
        {.messages = {}, .end = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")}});
  const Watcher watcher = client_->Watch(nullptr);
  EXPECT_TRUE(service_.WaitForCalls(2));
}

TEST_F(WatchTest, CancelEndsTheStreamAndLetsTheCallbacksGo) {
  Play({{.messages = {Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  log_.Await(1);
  EXPECT_GT(log_.holders(), 0);
  watcher.Cancel();
  EXPECT_EQ(log_.holders(), 0);
  watcher.Cancel();
  EXPECT_TRUE(service_.WaitForCancellation());
  EXPECT_THAT(log_.Await(1), ElementsAre("1"));
  EXPECT_THAT(service_.watches(), SizeIs(1));
}

TEST_F(WatchTest, CancelEndsThePauseBetweenStreams) {
  Play({{.messages = {Told("1")}, .end = kUnavailable}});
  WatchOptions options = log_.Options();
  options.initial_backoff = options.max_backoff = absl::Hours(1);
  {
    const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
    EXPECT_THAT(log_.Await(2), ElementsAre("1", "lost UNAVAILABLE"));
  }
  EXPECT_EQ(log_.holders(), 0);
  EXPECT_THAT(service_.watches(), SizeIs(1));
}

TEST_F(WatchTest, CancelWaitsForACallbackThatRuns) {
  Play({{.messages = {Told("1")}, .end = std::nullopt}});
  absl::Notification runs;
  absl::Notification cancels;
  bool over = false;
  const Watcher watcher = client_->Watch([&](const v1::WatchResponse&) {
    runs.Notify();
    cancels.WaitForNotification();
    // Long enough for Cancel() to return if it did not wait.
    absl::SleepFor(absl::Milliseconds(20));
    over = true;
  });
  runs.WaitForNotification();
  cancels.Notify();
  watcher.Cancel();
  EXPECT_TRUE(over);
}

TEST_F(WatchTest, MayBeDestroyedByItsOwnCallback) {
  Play({{.messages = {Told("1"), Told("2")}, .end = std::nullopt}});
  const auto held = std::make_shared<int>(0);
  absl::Notification assigned;
  absl::Notification destroyed;
  std::optional<Watcher> watcher;
  watcher = client_->Watch([&, held](const v1::WatchResponse&) {
    ++*held;
    assigned.WaitForNotification();
    watcher.reset();
    // The callback is not destroyed yet.
    EXPECT_EQ(*held, 1);
    destroyed.Notify();
  });
  assigned.Notify();
  ASSERT_TRUE(destroyed.WaitForNotificationWithTimeout(absl::Seconds(20)));
  EXPECT_TRUE(service_.WaitForCancellation());
  EXPECT_EQ(*held, 1);
}

TEST_F(WatchTest, NoCallbackComesAfterTheEndOfItsWatcher) {
  service_.watch = [](const v1::WatchRequest& request) {
    const std::string next = request.revision() == "1" ? "2" : "1";
    return WatchScript{.messages = {Told(next), Told("3"), Told("4"), Told("5")},
                       .end = kUnavailable};
  };
  for (int i = 0; i < 100; ++i) {
    bool alive = true;
    WatchOptions options = log_.Options();
    options.on_interruption = [&](const absl::Status&) { EXPECT_TRUE(alive); };
    {
      const Watcher watcher =
          client_->Watch([&](const v1::WatchResponse&) { EXPECT_TRUE(alive); }, std::move(options));
      std::thread other([&] { watcher.Cancel(); });
      if (i % 2 == 0) std::this_thread::yield();
      watcher.Cancel();
      alive = false;
      other.join();
    }
  }
}

TEST_F(WatchTest, OutlivesItsClientAndMoves) {
  Play({{.messages = {Told("1")}}, {.messages = {Told("2")}, .end = std::nullopt}});
  Watcher watcher = Watch();
  client_.reset();
  Watcher moved = std::move(watcher);
  EXPECT_THAT(log_.Await(2), ElementsAre("1", "2"));
  const Watcher none = std::move(moved);
  // Uses watchers that were moved from.
  watcher.Cancel();
  moved = std::move(watcher);
}

TEST_F(WatchTest, ServerThatDoesNotTellItsRevisionIsLost) {
  options_.timeout = absl::Seconds(1);
  client_ = MakeClient(options_);
  Play({{.messages = {}, .end = std::nullopt}, {.messages = {Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(2), ElementsAre("lost DEADLINE_EXCEEDED", "1"));
  EXPECT_EQ(Message(log_.last_status()), "no answer within 1s");
}

TEST_F(WatchTest, ServerMayBeSilentToThoseWhoKnowItsRevision) {
  options_.timeout = absl::Milliseconds(1);
  client_ = MakeClient(options_);
  Play({});
  ASSERT_EQ(client_->Classify({}, {.timeout = absl::Seconds(20), .metadata = {}}).status().code(),
            absl::StatusCode::kUnimplemented);
  WatchOptions options = log_.Options();
  options.revision = "1";
  const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
  ASSERT_TRUE(service_.WaitForCalls(2));
  // The deadline of a call does not apply, although it is shorter than this time.
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_THAT(log_.Await(0), IsEmpty());
  EXPECT_THAT(service_.watches(), SizeIs(1));
}

TEST_F(WatchTest, ConnectionThatFallsSilentIsNoticed) {
  Relay relay(server_.target());
  options_.target = relay.target();
  options_.keepalive_time = absl::Milliseconds(50);
  options_.keepalive_timeout = absl::Seconds(3);
  client_ = MakeClient(options_);
  Play({{.messages = {Told("1")}, .end = std::nullopt}});
  const Watcher watcher = Watch();
  log_.Await(1);
  // gRPC keeps sending pings, although by default it would stop without messages.
  relay.AwaitBytes(10 * kPingBytes);
  EXPECT_THAT(log_.Await(1), ElementsAre("1"));
  relay.Freeze();
  EXPECT_THAT(log_.Await(2), ElementsAre("1", "lost UNAVAILABLE"));
}

TEST(WatchWithoutServerTest, IsToldOfWithinTheTimeout) {
  const DeafPort waiting(DeafPort::Kind::kLetsWait);
  const DeafPort refusing(DeafPort::Kind::kRefuses);
  for (const DeafPort* port : {&waiting, &refusing}) {
    ClientOptions options = OptionsFor(port->target());
    if (port == &waiting) options.timeout = absl::Milliseconds(200);
    WatchLog log;
    const Watcher watcher = MakeClient(options)->Watch(log.OnRevision(), log.Options());
    EXPECT_THAT(log.Await(1), ElementsAre("lost UNAVAILABLE"));
    EXPECT_THAT(Message(log.last_status()),
                HasSubstr(port == &waiting ? "no connection to " + port->target() + " within 200ms"
                                           : "refused"));
  }
}

}  // namespace
}  // namespace portreg
