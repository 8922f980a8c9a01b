// Listings that do not block.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/async.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/listings.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kPatience = absl::Seconds(20);

// Reads a listing as a program does: each message is asked for by the callback
// of the one before.
class ChainReader {
 public:
  explicit ChainReader(AsyncRecordStream stream) : stream_(std::move(stream)) { Continue(); }

  // False if the listing is not at its end within 20 s.
  [[nodiscard]] bool WaitForEnd() const { return over_.WaitForNotificationWithTimeout(kPatience); }

  // What was read, once the end is there.
  [[nodiscard]] const Yield& yield() const { return yield_; }

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

class RealAsyncRecordStreamTest : public ::testing::Test {
 protected:
  const std::unique_ptr<server::Server> server_ = StartServer(EmbeddedPublication());
  std::unique_ptr<Client> client_ = MakeClient(OptionsFor(server_->addresses().front()));
};

TEST_F(RealAsyncRecordStreamTest, YieldsWhatTheBlockingStreamYields) {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  request.set_view(v1::RECORD_VIEW_FULL);
  RecordStream blocking = client_->ListRange(request);
  const std::vector<std::string> records = ReadAll(blocking);
  ASSERT_GT(records.size(), 14'000);

  const ChainReader reader(client_->ListRangeAsync(request));
  ASSERT_TRUE(reader.WaitForEnd());
  EXPECT_EQ(reader.yield().status, absl::OkStatus());
  EXPECT_EQ(reader.yield().Records(), records);
  EXPECT_EQ(reader.yield().resume_token, blocking.resume_token());
}

TEST_F(RealAsyncRecordStreamTest, BadRequestIsTheStreamsError) {
  v1::ListRangeRequest request;
  request.set_first_port(90);
  request.set_last_port(80);
  RecordStream blocking = client_->ListRange(request);
  ASSERT_EQ(blocking.Next(), nullptr);
  AsyncRecordStream stream = client_->ListRangeAsync(request);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(NextOf(stream).status(), blocking.status());
  EXPECT_EQ(ErrorReason(blocking.status()), "RANGE_REVERSED");
}

TEST_F(RealAsyncRecordStreamTest, ListingsRunBesideEachOther) {
  std::vector<std::unique_ptr<ChainReader>> readers;
  for (int port = 0; port < 20; ++port) {
    v1::ListRangeRequest request;
    request.set_first_port(port);
    readers.push_back(std::make_unique<ChainReader>(client_->ListRangeAsync(request)));
  }
  const Registry& registry = EmbeddedPublication().Current()->registry;
  for (int port = 0; port < 20; ++port) {
    ASSERT_TRUE(readers[port]->WaitForEnd());
    v1::ListRangeRequest request;
    request.set_first_port(port);
    EXPECT_EQ(readers[port]->yield().Records(), RecordsOf(MessagesOf(registry, request)));
  }
}

TEST_F(RealAsyncRecordStreamTest, AssignedToItselfItGoesOn) {
  AsyncRecordStream stream = client_->ListRangeAsync({});
  AsyncRecordStream& same = stream;
  const absl::StatusOr<MaybeMessage> first = NextOf(stream);
  ASSERT_TRUE(first.ok() && first->has_value());
  stream = std::move(same);
  const Yield rest = ReadToEnd(stream);
  EXPECT_EQ(rest.status, absl::OkStatus());
  EXPECT_FALSE(rest.records.empty());
}

TEST_F(RealAsyncRecordStreamTest, OutlivesItsClient) {
  AsyncRecordStream stream = client_->ListRangeAsync({});
  const absl::StatusOr<MaybeMessage> first = NextOf(stream);
  ASSERT_TRUE(first.ok() && first->has_value());
  client_.reset();
  const Yield rest = ReadToEnd(stream);
  EXPECT_EQ(rest.status, absl::OkStatus());
  std::vector<std::string> received = RecordsOf({**first});
  for (std::string& record : rest.Records()) received.push_back(std::move(record));
  EXPECT_TRUE(received == RecordsOf(MessagesOf(EmbeddedPublication().Current()->registry, {})));
}

class AsyncRecordStreamTest : public ScriptedListingTest {};

TEST_F(AsyncRecordStreamTest, CallBeginsWithTheFirstNext) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  {
    const AsyncRecordStream unread = ListAsync();
    AsyncRecordStream moved = client_->ListRangeAsync({});
    const AsyncRecordStream taken = std::move(moved);
  }
  EXPECT_THAT(service_.listings(), IsEmpty());
  AsyncRecordStream stream = client_->ListRangeAsync({});
  EXPECT_THAT(ReadToEnd(stream).Names(), ElementsAre("a"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(AsyncRecordStreamTest, EndComesAgain) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({}, "2")}}});
  AsyncRecordStream stream = ListAsync();
  const Yield yield = ReadToEnd(stream);
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.resume_token, "2");
  for (int i = 0; i < 3; ++i) {
    const absl::StatusOr<MaybeMessage> message = NextOf(stream);
    ASSERT_TRUE(message.ok()) << message.status();
    EXPECT_FALSE(message->has_value());
  }
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(AsyncRecordStreamTest, ErrorComesAgainWithItsDetails) {
  const grpc::Status error =
      ErrorWithReason(grpc::StatusCode::INTERNAL, v1::ERROR_REASON_KEY_MISSING, "something broke");
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = error}});
  AsyncRecordStream stream = ListAsync();
  EXPECT_THAT(ReadToEnd(stream).Names(), ElementsAre("a"));
  for (int i = 0; i < 3; ++i) {
    const absl::Status status = NextOf(stream).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(Message(status), "something broke");
    EXPECT_EQ(ErrorReason(status), "KEY_MISSING");
  }
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(AsyncRecordStreamTest, SecondNextWhileOneWaitsIsRefused) {
  Play({{.messages = {}, .end = std::nullopt}});
  AsyncRecordStream stream = ListAsync();
  Outcome<MaybeMessage> first;
  stream.Next(first.Taker());
  ASSERT_TRUE(service_.WaitForCalls(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(NextOf(stream).status().code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_FALSE(first.HasCome());
  stream.Cancel();
  EXPECT_EQ(first.Await().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(AsyncRecordStreamTest, RefusedNextLosesNoMessage) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}}});
  client_ = MakeClient(options_);
  for (int i = 0; i < 50; ++i) {
    AsyncRecordStream stream = client_->ListRangeAsync({});
    Outcome<MaybeMessage> first;
    Outcome<MaybeMessage> second;
    stream.Next(first.Taker());
    stream.Next(second.Taker());
    const absl::StatusOr<MaybeMessage> a = first.Await();
    ASSERT_TRUE(a.ok() && a->has_value());
    EXPECT_EQ((*a)->records(0).service(), "a");
    // The second either came too early or is the next message.
    const absl::StatusOr<MaybeMessage> b = second.Await();
    if (b.ok()) {
      EXPECT_EQ((*b)->records(0).service(), "b");
    } else {
      EXPECT_EQ(b.status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_THAT(ReadToEnd(stream).Names(), ElementsAre("b"));
    }
  }
}

TEST_F(AsyncRecordStreamTest, ReaderThatTakesItsTimeHoldsTheServerBack) {
  // 25 MiB, far more than what the connection holds on its way.
  constexpr size_t kMessages = 400;
  v1::ListRangeResponse large = MessageOf({"a"}, "1");
  large.mutable_records(0)->set_description(std::string(64 << 10, 'x'));
  ListScript script;
  script.messages.assign(kMessages, large);
  Play({script});
  service_.lookup = [](const auto&, auto&) { return grpc::Status::OK; };

  AsyncRecordStream stream = ListAsync();
  for (const size_t read : {1, 2}) {
    ASSERT_TRUE(NextOf(stream).ok());
    // Calls over the same connection: time enough for the server to write on.
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(client_->LookupPort(80).ok());
    EXPECT_TRUE(service_.WaitForWrites(read));
    EXPECT_LT(service_.writes(), kMessages / 2);
  }
  EXPECT_THAT(ReadToEnd(stream).records, SizeIs(kMessages - 2));
  EXPECT_TRUE(service_.WaitForWrites(kMessages));
}

TEST_F(AsyncRecordStreamTest, CancelBeforeTheFirstNextCallsNobody) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  AsyncRecordStream stream = ListAsync();
  stream.Cancel();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(NextOf(stream).status().code(), absl::StatusCode::kCancelled);
  }
  EXPECT_THAT(service_.listings(), IsEmpty());
}

TEST_F(AsyncRecordStreamTest, CancelEndsTheWaitForAMessage) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  AsyncRecordStream stream = ListAsync();
  ASSERT_TRUE(NextOf(stream).ok());
  Outcome<MaybeMessage> waiting;
  stream.Next(waiting.Taker());
  EXPECT_FALSE(waiting.HasCome());
  stream.Cancel();
  stream.Cancel();
  EXPECT_EQ(waiting.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(NextOf(stream).status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, CancelInTheMiddleEndsTheListing) {
  std::vector<v1::ListRangeResponse> messages(1000, MessageOf({"a"}, "1"));
  Play({{.messages = std::move(messages), .end = std::nullopt}});
  AsyncRecordStream stream = ListAsync();
  ASSERT_TRUE(NextOf(stream).ok());
  stream.Cancel();
  EXPECT_EQ(ReadToEnd(stream).status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, CancelAfterTheEndChangesNothing) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  AsyncRecordStream stream = ListAsync();
  EXPECT_EQ(ReadToEnd(stream).status, absl::OkStatus());
  stream.Cancel();
  EXPECT_EQ(ReadToEnd(stream).status, absl::OkStatus());
}

TEST_F(AsyncRecordStreamTest, CancelMayRaceWithTheReader) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}}});
  client_ = MakeClient(options_);
  for (int i = 0; i < 200; ++i) {
    AsyncRecordStream stream = client_->ListRangeAsync({});
    std::thread other([&stream] { stream.Cancel(); });
    const Yield yield = ReadToEnd(stream);
    other.join();
    // A listing that ends well was read to its end.
    if (yield.status.ok()) {
      EXPECT_THAT(yield.Names(), ElementsAre("a", "b"));
    } else {
      EXPECT_EQ(yield.status.code(), absl::StatusCode::kCancelled) << yield.status;
    }
  }
}

TEST_F(AsyncRecordStreamTest, DestroyedInTheMiddleCancelsTheCall) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = std::nullopt}});
  {
    AsyncRecordStream stream = ListAsync();
    ASSERT_TRUE(NextOf(stream).ok());
  }
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, NothingIsLeftOfAListingThatWasResumed) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()},
        {.messages = {MessageOf({"b"}, "2")}}});
  std::shared_ptr<v1::PortRegistryService::StubInterface> stub = v1::PortRegistryService::NewStub(
      grpc::CreateChannel(server_.target(), grpc::InsecureChannelCredentials()));
  const std::weak_ptr<v1::PortRegistryService::StubInterface> left = stub;
  {
    AsyncRecordStream stream = Client(std::move(stub), options_).ListRangeAsync({});
    EXPECT_THAT(ReadToEnd(stream).Names(), ElementsAre("a", "b"));
  }
  CallUntil([&left] { return left.expired(); });
}

TEST_F(AsyncRecordStreamTest, CallbackThatWaitsRunsThoughItsStreamHasGone) {
  Play({{.messages = {}, .end = std::nullopt}});
  Outcome<MaybeMessage> waiting;
  {
    AsyncRecordStream stream = ListAsync();
    stream.Next(waiting.Taker());
    ASSERT_TRUE(service_.WaitForCalls(1));
    client_.reset();
  }
  EXPECT_EQ(waiting.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, ACallbackMayLetItsStreamGo) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = std::nullopt}});
  absl::optional<AsyncRecordStream> stream = ListAsync();
  absl::Notification gone;
  stream->Next([&](const absl::StatusOr<MaybeMessage>& message) {
    EXPECT_TRUE(message.ok()) << message.status();
    stream.reset();
    gone.Notify();
  });
  ASSERT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(AsyncRecordStreamTest, MovedStreamGoesOn) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2"), MessageOf({"c"}, "3")}}});
  AsyncRecordStream first = ListAsync();
  ASSERT_TRUE(NextOf(first).ok());
  Outcome<MaybeMessage> waiting;
  first.Next(waiting.Taker());
  AsyncRecordStream second(std::move(first));
  const absl::StatusOr<MaybeMessage> b = waiting.Await();
  ASSERT_TRUE(b.ok() && b->has_value());
  EXPECT_EQ((*b)->records(0).service(), "b");
  AsyncRecordStream third = client_->ListRangeAsync({});
  third = std::move(second);
  EXPECT_THAT(ReadToEnd(third).Names(), ElementsAre("c"));
}

TEST_F(AsyncRecordStreamTest, AssignmentCancelsTheListingThatWasThere) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt},
        {.messages = {MessageOf({"b"}, "2")}}});
  AsyncRecordStream stream = ListAsync();
  Outcome<MaybeMessage> first;
  ASSERT_TRUE(NextOf(stream).ok());
  stream.Next(first.Taker());
  stream = client_->ListRangeAsync({});
  EXPECT_EQ(first.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(service_.WaitForCancellation());
  EXPECT_THAT(ReadToEnd(stream).Names(), ElementsAre("b"));
}

TEST_F(AsyncRecordStreamTest, ListingExceedsItsDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  options_.list_timeout = absl::Seconds(2);
  AsyncRecordStream stream = ListAsync();
  const Yield yield = ReadToEnd(stream);
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::DeadlineExceededError("no answer within 2s"));
}

}  // namespace
}  // namespace portreg
