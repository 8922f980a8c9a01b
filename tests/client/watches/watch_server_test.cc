// Tests watches with a real service that changes, stops and starts again.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/testing/fake_server.h"
#include "portreg/watcher.h"
#include "tests/client/fake_server.h"
#include "tests/client/watch_log.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class WatchServerTest : public ::testing::Test {
 protected:
  WatchServerTest() {
    options_.retry.max_attempts = 1;
    client_ = MakeClient(options_);
  }

  // Sets what the server serves from now on. Returns its revision.
  std::string Serve(const std::string& service) {
    EXPECT_EQ(server_->SetRecords({testing::Record(7100, service)}), absl::OkStatus());
    return server_->revision();
  }

  [[nodiscard]] Watcher Watch() { return client_->Watch(log_.OnRevision(), log_.Options()); }

  const std::unique_ptr<testing::FakeServer> server_ = testing::FakeServer::Start().value();
  ClientOptions options_ = OptionsFor(server_->target());
  std::unique_ptr<Client> client_;
  WatchLog log_;
};

TEST_F(WatchServerTest, TellsTheCurrentRevisionAndEachNewOne) {
  const std::string first = server_->revision();
  const Watcher watcher = Watch();
  log_.Await(1);
  const std::string second = Serve("billing");
  log_.Await(2);
  const std::string third = Serve("audit");
  EXPECT_THAT(log_.Await(3), ElementsAre(first, second, third));
}

TEST_F(WatchServerTest, SameRecordsAreNoNewRevision) {
  const Watcher watcher = Watch();
  const std::string first = log_.Await(1).front();
  const std::string second = Serve("billing");
  log_.Await(2);
  ASSERT_EQ(Serve("billing"), second);
  const std::string third = Serve("audit");
  EXPECT_THAT(log_.Await(3), ElementsAre(first, second, third));
}

TEST_F(WatchServerTest, AnswersAreOfTheRevisionThatIsTold) {
  const Watcher watcher = Watch();
  log_.Await(1);
  const std::string revision = Serve("billing");
  EXPECT_EQ(log_.Await(2).back(), revision);
  EXPECT_EQ(client_->LookupPort(7100)->revision(), revision);
}

TEST_F(WatchServerTest, ServerThatStopsSaysSo) {
  const Watcher watcher = Watch();
  const std::string first = log_.Await(1).front();
  server_->Stop();
  EXPECT_THAT(log_.Await(2), ElementsAre(first, "lost UNAVAILABLE"));
  EXPECT_EQ(ErrorReason(log_.last_status()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(WatchServerTest, GoesOnWhenTheServerIsBack) {
  WatchOptions options = log_.Options();
  // Waits for the connection, because attempts after pauses would come too late.
  options.initial_backoff = absl::Milliseconds(50);
  options.max_backoff = absl::Hours(1);
  const Watcher watcher = client_->Watch(log_.OnRevision(), std::move(options));
  const std::string first = log_.Await(1).front();
  server_->Stop();
  log_.Await(2);
  const std::string second = Serve("billing");
  // Pauses would be longer than a second by then.
  absl::SleepFor(absl::Seconds(2));
  const absl::Time start = absl::Now();
  ASSERT_EQ(server_->Restart(), absl::OkStatus());
  EXPECT_THAT(log_.Await(3), ElementsAre(first, "lost UNAVAILABLE", second));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(WatchServerTest, FailuresAreGotOver) {
  server_->FailNext(absl::ResourceExhaustedError("busy"));
  server_->FailNext(absl::InternalError("broken"));
  const Watcher watcher = Watch();
  EXPECT_THAT(log_.Await(2), ElementsAre("lost RESOURCE_EXHAUSTED", server_->revision()));
  EXPECT_THAT(server_->calls(), SizeIs(3));
}

}  // namespace
}  // namespace portreg
