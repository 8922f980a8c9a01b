// Tests AsyncRecordStream where it differs from RecordStream: callbacks and cancellation.
#include "portreg/async_record_stream.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/listings.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads a listing as a program does: each callback asks for the next message.
class ChainReader {
 public:
  explicit ChainReader(AsyncRecordStream stream) : stream_(std::move(stream)) { Continue(); }

  // Waits for the end, and returns what was read.
  const Yield& ReadToEnd() const {
    EXPECT_TRUE(over_.WaitForNotificationWithTimeout(kPatience));
    return yield_;
  }

 private:
  void Continue() {
    stream_.Next([this](absl::StatusOr<MaybeMessage> message) {
      if (message.ok() && message->has_value()) {
        yield_.Add(**std::move(message));
        Continue();
        return;
      }
      yield_.status = message.status();
      over_.Notify();
    });
  }

  AsyncRecordStream stream_;
  Yield yield_;
  absl::Notification over_;
};

TEST(RealAsyncRecordStreamTest, ListingsRunConcurrently) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  std::vector<v1::ListRangeRequest> requests(20);
  std::vector<std::unique_ptr<ChainReader>> readers;
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i].set_first_port(static_cast<int32_t>(i));
    readers.push_back(std::make_unique<ChainReader>(client->ListRangeAsync(requests[i])));
  }
  const Registry& registry = EmbeddedPublication().Current()->registry;
  for (size_t i = 0; i < requests.size(); ++i) {
    EXPECT_TRUE(readers[i]->ReadToEnd().Records() == RecordsOf(MessagesOf(registry, requests[i])));
  }
}

class AsyncRecordStreamTest : public ScriptedListingTest {
 protected:
  [[nodiscard]] AsyncRecordStream List() { return NewClient().ListRangeAsync({}); }

  static std::vector<std::string> NamesOf(AsyncRecordStream stream) {
    return ChainReader(std::move(stream)).ReadToEnd().Names();
  }
};

TEST_F(AsyncRecordStreamTest, SecondNextWhileOneWaitsIsRefused) {
  Play({{.messages = {}, .end = std::nullopt}});
  AsyncRecordStream stream = List();
  Outcome<MaybeMessage> first;
  stream.Next(first.Taker());
  ASSERT_TRUE(service_.WaitForCalls(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsFailedPrecondition(NextOf(stream).status()));
  }
  EXPECT_FALSE(first.HasCome());
  stream.Cancel();
  EXPECT_TRUE(absl::IsCancelled(first.Await().status()));
}

TEST_F(AsyncRecordStreamTest, RefusedNextLosesNoMessage) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}}});
  NewClient();
  for (int i = 0; i < 50; ++i) {
    AsyncRecordStream stream = client_->ListRangeAsync({});
    Outcome<MaybeMessage> first;
    Outcome<MaybeMessage> second;
    stream.Next(first.Taker());
    stream.Next(second.Taker());
    const absl::StatusOr<MaybeMessage> a = first.Await();
    ASSERT_TRUE(a.ok() && a->has_value());
    EXPECT_EQ((*a)->records(0).service(), "a");
    // The second Next() either came too early or returns the next message.
    const absl::StatusOr<MaybeMessage> b = second.Await();
    if (b.ok()) {
      EXPECT_EQ((*b)->records(0).service(), "b");
    } else {
      EXPECT_TRUE(absl::IsFailedPrecondition(b.status()));
      EXPECT_THAT(NamesOf(std::move(stream)), ElementsAre("b"));
    }
  }
}

TEST_F(AsyncRecordStreamTest, SlowReaderHoldsTheServerBack) {
  // 50 MiB are more than gRPC receives in advance, an amount that grows during the calls
  // below.
  constexpr size_t kMessages = 800;
  v1::ListRangeResponse large = MessageOf({"a"}, "1");
  large.mutable_records(0)->set_description(std::string(64 << 10, 'x'));
  ListScript script;
  script.messages.assign(kMessages, large);
  Play({script});
  service_.lookup = [](const auto&, auto&) { return grpc::Status::OK; };

  AsyncRecordStream stream = List();
  for (const size_t read : {1, 2}) {
    ASSERT_TRUE(NextOf(stream).ok());
    // Makes calls on the same connection, which give the server time to write more.
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(client_->LookupPort(80).ok());
    EXPECT_TRUE(service_.WaitForWrites(read));
    EXPECT_LT(service_.writes(), kMessages);
  }
  EXPECT_EQ(NamesOf(std::move(stream)).size(), kMessages - 2);
  EXPECT_TRUE(service_.WaitForWrites(kMessages));
}

TEST_F(AsyncRecordStreamTest, CancelBeforeTheFirstNextMakesNoCall) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  AsyncRecordStream stream = List();
  stream.Cancel();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(absl::IsCancelled(NextOf(stream).status()));
  EXPECT_THAT(service_.listings(), IsEmpty());
}

TEST_F(AsyncRecordStreamTest, CancelEndsTheWaitForAMessage) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  AsyncRecordStream stream = List();
  ASSERT_TRUE(NextOf(stream).ok());
  Outcome<MaybeMessage> waiting;
  stream.Next(waiting.Taker());
  stream.Cancel();
  stream.Cancel();
  EXPECT_TRUE(absl::IsCancelled(waiting.Await().status()));
  EXPECT_TRUE(absl::IsCancelled(NextOf(stream).status()));
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, CancelAfterTheEndChangesNothing) {
  Play({{.messages = {}}});
  AsyncRecordStream stream = List();
  EXPECT_TRUE(absl::IsInternal(NextOf(stream).status()));
  stream.Cancel();
  EXPECT_TRUE(absl::IsInternal(NextOf(stream).status()));
}

TEST_F(AsyncRecordStreamTest, NothingIsLeftOfAListingThatWasResumed) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()},
        {.messages = {MessageOf({"b"}, "2")}}});
  std::shared_ptr<v1::PortRegistryService::StubInterface> stub = v1::PortRegistryService::NewStub(
      grpc::CreateChannel(server_.target(), grpc::InsecureChannelCredentials()));
  const std::weak_ptr<v1::PortRegistryService::StubInterface> left = stub;
  EXPECT_THAT(NamesOf(Client(std::move(stub), options_).ListRangeAsync({})), ElementsAre("a", "b"));
  CallUntil([&left] { return left.expired(); });
}

TEST_F(AsyncRecordStreamTest, CallbackThatWaitsRunsAlthoughItsStreamIsDestroyed) {
  Play({{.messages = {}, .end = std::nullopt}});
  Outcome<MaybeMessage> waiting;
  {
    AsyncRecordStream stream = List();
    stream.Next(waiting.Taker());
    ASSERT_TRUE(service_.WaitForCalls(1));
    client_.reset();
  }
  EXPECT_TRUE(absl::IsCancelled(waiting.Await().status()));
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, CallbackMayDestroyItsStream) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = std::nullopt}});
  std::optional<AsyncRecordStream> stream = List();
  absl::Notification gone;
  stream->Next([&](const absl::StatusOr<MaybeMessage>& message) {
    EXPECT_TRUE(message.ok()) << message.status();
    stream.reset();
    gone.Notify();
  });
  ASSERT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, MessageArrivesAlthoughItsStreamIsMoved) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  AsyncRecordStream first = List();
  Outcome<MaybeMessage> waiting;
  first.Next(waiting.Taker());
  const AsyncRecordStream second(std::move(first));
  EXPECT_EQ(waiting.Await().value()->records(0).service(), "a");
}

TEST_F(AsyncRecordStreamTest, NextDuringAPauseIsRefusedAndDestructionEndsIt) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
  service_.lookup = [](const auto&, auto&) { return grpc::Status::OK; };
  options_.list_timeout = absl::Hours(1);
  options_.retry.initial_backoff = options_.retry.max_backoff = absl::Minutes(5);
  Outcome<MaybeMessage> waiting;
  {
    AsyncRecordStream stream = List();
    EXPECT_TRUE(NextOf(stream).ok());
    stream.Next(waiting.Taker());
    // Later replies on the same connection arrive after the stream's end.
    EXPECT_TRUE(service_.WaitForWrites(1));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(client_->LookupPort(80).ok());
    EXPECT_TRUE(absl::IsFailedPrecondition(NextOf(stream).status()));
    EXPECT_FALSE(waiting.HasCome());
    client_.reset();
  }
  EXPECT_TRUE(absl::IsCancelled(waiting.Await().status()));
}

}  // namespace
}  // namespace portreg
