#include "server/service/watch_stream.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/answers/answers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

// Makes one Watch of a server.
class Watcher {
 public:
  explicit Watcher(RunningServer& server, const std::string& revision = "") : context_(Context()) {
    v1::WatchRequest request;
    request.set_revision(revision);
    reader_ = server.stub().Watch(context_.get(), request);
  }

  // Returns the next message; empty at the end.
  std::string Next() {
    v1::WatchResponse message;
    return reader_->Read(&message) ? message.ShortDebugString() : "";
  }

  grpc::Status Finish() { return reader_->Finish(); }
  void Cancel() { context_->TryCancel(); }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
};

std::string Said(const Registry& registry) { return WatchMessage(registry).ShortDebugString(); }

ServerOptions Lasting(absl::Duration longest) {
  ServerOptions options;
  options.service.max_watch = longest;
  return options;
}

TEST(WatchStreamTest, TellsTheCurrentRevisionAndThenEachNewOne) {
  RunningServer server(SmallRegistry("one"));
  Watcher watcher(server);
  EXPECT_EQ(watcher.Next(), Said(SmallRegistry("one")));
  for (const char* const name : {"two", "three"}) {
    server.publication().Publish(SmallRegistry(name));
    EXPECT_EQ(watcher.Next(), Said(SmallRegistry(name)));
  }
}

TEST(WatchStreamTest, SaysNothingOfARevisionThatTheClientKnows) {
  RunningServer server(SmallRegistry("one"));
  Watcher watcher(server, SmallRegistry("one").revision());
  // The client knows this revision, so the server sends only the next one.
  server.publication().Publish(SmallRegistry("one"));
  server.publication().Publish(SmallRegistry("two"));
  EXPECT_EQ(watcher.Next(), Said(SmallRegistry("two")));
}

TEST(WatchStreamTest, ManyWatchersHearTheLastOfManyRevisions) {
  RunningServer server(SmallRegistry("start"));
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 50; ++i) watchers.push_back(std::make_unique<Watcher>(server));
  for (const auto& watcher : watchers) EXPECT_NE(watcher->Next(), "");
  for (int i = 0; i < 20; ++i) server.publication().Publish(SmallRegistry(absl::StrCat("n", i)));
  const std::string last = Said(SmallRegistry("n19"));
  for (const auto& watcher : watchers) {
    std::string said = watcher->Next();
    while (said != last) {
      ASSERT_NE(said, "");
      said = watcher->Next();
    }
  }
}

TEST(WatchStreamTest, EndsByItself) {
  RunningServer server(SmallRegistry(), Lasting(absl::Milliseconds(50)));
  Watcher watcher(server);
  EXPECT_NE(watcher.Next(), "");
  EXPECT_EQ(watcher.Next(), "");
  EXPECT_TRUE(watcher.Finish().ok());
}

TEST(WatchStreamTest, EndsWithUnavailableWhenTheServerStops) {
  RunningServer server(SmallRegistry());
  Watcher watcher(server);
  EXPECT_NE(watcher.Next(), "");
  const absl::Time start = absl::Now();
  server.server().Shutdown(absl::Seconds(30));
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_EQ(watcher.Next(), "");
  EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(WatchStreamTest, OneThatIsCancelledIsNoLongerUnderWay) {
  RunningServer server(SmallRegistry());
  {
    Watcher watcher(server);
    EXPECT_NE(watcher.Next(), "");
    EXPECT_EQ(server.server().calls().in_flight(), 1);
    watcher.Cancel();
    EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (server.server().calls().in_flight() > 0 && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(server.server().calls().in_flight(), 0);
  server.publication().Publish(SmallRegistry("two"));
}

TEST(WatchStreamTest, BytesThatAreNoRequestAreRefused) {
  RunningServer server(SmallRegistry());
  const grpc::Status status =
      CallRaw(server.address(), "/portreg.v1.PortRegistryService/Watch", "\x0a\x01\xff");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace portreg::server
