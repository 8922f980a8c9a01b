#include "portreg/record_stream.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/answers/requests.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "server/net/server.h"
#include "server/replies/stored_list_range_answer.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A listing of a real server.
class RealRecordStreamTest : public ::testing::Test {
 protected:
  explicit RealRecordStreamTest(const server::Publication& publication = EmbeddedPublication())
      : snapshot_(publication.Current()) {
    server::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = server::Server::Start(options, publication).value();
    client_ = MakeClient(OptionsFor(server_->addresses().front()));
  }

  std::shared_ptr<const server::Snapshot> snapshot_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(RealRecordStreamTest, YieldsEveryRecordInOrder) {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  request.set_view(v1::RECORD_VIEW_FULL);
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(snapshot_->registry, request);
  ASSERT_GT(messages.size(), 10);

  RecordStream stream = client_->ListRange(request);
  EXPECT_EQ(ReadAll(stream), RecordsOf(messages));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), snapshot_->registry.revision());
  EXPECT_EQ(stream.resume_token(), messages.back().resume_token());
}

TEST_F(RealRecordStreamTest, StaysAtItsEnd) {
  v1::ListRangeRequest request;
  request.set_first_port(80);
  request.set_last_port(80);
  RecordStream stream = client_->ListRange(request);
  EXPECT_THAT(ReadAll(stream), Not(IsEmpty()));
  const std::string token = stream.resume_token();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status(), absl::OkStatus());
    EXPECT_EQ(stream.resume_token(), token);
    EXPECT_EQ(stream.revision(), snapshot_->registry.revision());
  }
}

TEST_F(RealRecordStreamTest, ListingWithoutRecordsHasARevision) {
  v1::ListRangeRequest request;
  request.set_first_port(65535);
  request.add_layers(v1::LAYER_LOCAL);
  RecordStream stream = client_->ListRange(request);
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), snapshot_->registry.revision());
}

TEST_F(RealRecordStreamTest, KnowsNothingBeforeItsFirstRecord) {
  const RecordStream stream = client_->ListRange({});
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), "");
  EXPECT_EQ(stream.resume_token(), "");
}

TEST_F(RealRecordStreamTest, BadRequestIsTheStreamsError) {
  v1::ListRangeRequest request;
  request.set_first_port(90);
  request.set_last_port(80);
  RecordStream stream = client_->ListRange(request);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ErrorReason(stream.status()), "RANGE_REVERSED");
  }
  EXPECT_EQ(stream.revision(), "");
  EXPECT_EQ(stream.resume_token(), "");
}

TEST_F(RealRecordStreamTest, ResumeTokenContinuesExactly) {
  v1::ListRangeRequest request;
  request.set_first_port(1);
  const std::vector<std::string> all = RecordsOf(MessagesOf(snapshot_->registry, request));
  // The records of the server's first two messages.
  server::StoredListRangeAnswer listing(snapshot_->registry, snapshot_->replies,
                                        Read(request, snapshot_->registry).value());
  size_t first_two = 0;
  for (int i = 0; i < 2; ++i) {
    grpc::ByteBuffer bytes;
    ASSERT_FALSE(listing.Next(bytes));
    v1::ListRangeResponse message;
    ASSERT_TRUE(
        grpc::SerializationTraits<v1::ListRangeResponse>::Deserialize(&bytes, &message).ok());
    first_two += static_cast<size_t>(message.records_size());
  }

  // Stopped within a message, on its last record and on the next one's first.
  for (const size_t taken : {first_two - 10, first_two, first_two + 1}) {
    RecordStream stream = client_->ListRange(request);
    std::vector<std::string> seen;
    std::vector<std::string> at_token;
    std::string token;
    for (size_t i = 0; i < taken; ++i) {
      const v1::PortRecord* record = stream.Next();
      ASSERT_NE(record, nullptr);
      seen.push_back(record->SerializeAsString());
      if (token != stream.resume_token()) {
        token = stream.resume_token();
        at_token = seen;
      }
    }
    ASSERT_NE(token, "");
    v1::ListRangeRequest rest = request;
    rest.set_resume_token(token);
    RecordStream resumed = client_->ListRange(rest);
    for (std::string& record : ReadAll(resumed)) at_token.push_back(std::move(record));
    EXPECT_EQ(at_token, all) << taken;
  }
}

TEST_F(RealRecordStreamTest, DestroyedEarlyDoesNotHang) {
  {
    RecordStream unread = client_->ListRange({});
    RecordStream stream = client_->ListRange({});
    EXPECT_NE(stream.Next(), nullptr);
  }
  EXPECT_TRUE(client_->LookupPort(80).ok());
}

TEST_F(RealRecordStreamTest, OutlivesItsClient) {
  RecordStream stream = client_->ListRange({});
  ASSERT_NE(stream.Next(), nullptr);
  client_.reset();
  EXPECT_EQ(ReadAll(stream).size() + 1, RecordsOf(MessagesOf(snapshot_->registry, {})).size());
  EXPECT_EQ(stream.status(), absl::OkStatus());
}

TEST(RevisionRecordStreamTest, TokenOfAnOldRevisionIsAborted) {
  server::Publication publication(MakeRegistry({.iana = "one,1,tcp,\n"}));
  server::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  const std::unique_ptr<server::Server> server =
      server::Server::Start(options, publication).value();
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  RecordStream before = client->ListRange({});
  EXPECT_THAT(NamesOf(before), ElementsAre("one"));

  publication.Publish(MakeRegistry({.iana = "two,1,tcp,\n"}));
  v1::ListRangeRequest request;
  request.set_resume_token(before.resume_token());
  RecordStream after = client->ListRange(request);
  EXPECT_EQ(after.Next(), nullptr);
  EXPECT_EQ(after.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(after.status()), "REVISION_CHANGED");
}

class RecordStreamTest : public ScriptedListingTest {};

TEST_F(RecordStreamTest, CallBeginsWithTheFirstNext) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  {
    const RecordStream unread = List();
    RecordStream moved = client_->ListRange({});
    const RecordStream taken = std::move(moved);
  }
  EXPECT_THAT(service_.listings(), IsEmpty());
  RecordStream stream = client_->ListRange({});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(RecordStreamTest, MessagesWithoutRecordsArePassedOver) {
  Play({{.messages = {MessageOf({}, "1"), MessageOf({"a"}, "2"), MessageOf({}, "3"),
                      MessageOf({}, "4"), MessageOf({"b", "c"}, "5"), MessageOf({}, "6")}}});
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "b", "c"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.resume_token(), "6");
}

TEST_F(RecordStreamTest, ResumeTokenIsOfTheLastMessageYieldedInFull) {
  Play({{.messages = {MessageOf({"a", "b"}, "1"), MessageOf({"c", "d"}, "2")}}});
  RecordStream stream = List();
  ASSERT_NE(stream.Next(), nullptr);
  EXPECT_EQ(stream.resume_token(), "");
  ASSERT_NE(stream.Next(), nullptr);
  EXPECT_EQ(stream.resume_token(), "1");
  ASSERT_NE(stream.Next(), nullptr);
  EXPECT_EQ(stream.resume_token(), "1");
  ASSERT_NE(stream.Next(), nullptr);
  EXPECT_EQ(stream.resume_token(), "2");
}

TEST_F(RecordStreamTest, ListingExceedsItsDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  options_.list_timeout = absl::Seconds(2);
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::DeadlineExceededError("no answer within 2s"));
}

TEST_F(RecordStreamTest, UnreachableServerIsUnavailable) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  options_.target = port.target();
  RecordStream stream = List();
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable) << stream.status();
  EXPECT_THAT(Message(stream.status()), HasSubstr(port.target()));
}

TEST_F(RecordStreamTest, ConnectionThatIsNeverMadeIsUnavailableByTarget) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  options_.target = port.target();
  options_.timeout = absl::Milliseconds(150);
  RecordStream stream = List();
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status(), absl::UnavailableError(absl::StrCat("no connection to ", port.target(),
                                                                 " within 150ms")));
}

TEST_F(RecordStreamTest, ConnectionIsNotAwaitedBeyondTheDeadline) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  options_.target = port.target();
  options_.timeout = absl::Seconds(6);
  options_.list_timeout = absl::Milliseconds(150);
  const absl::Time start = absl::Now();
  RecordStream stream = List();
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status(), absl::UnavailableError(absl::StrCat("no connection to ", port.target(),
                                                                 " within 150ms")));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST_F(RecordStreamTest, DestroyedEarlyCancelsTheCall) {
  Play({{.messages = {MessageOf({"a", "b"}, "1")}, .end = std::nullopt}});
  {
    RecordStream stream = List();
    ASSERT_NE(stream.Next(), nullptr);
  }
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(RecordStreamTest, AssignmentCancelsTheListingThatWasThere) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt},
        {.messages = {MessageOf({"b"}, "2")}}});
  RecordStream stream = List();
  ASSERT_NE(stream.Next(), nullptr);
  stream = client_->ListRange({});
  EXPECT_TRUE(service_.WaitForCancellation());
  EXPECT_THAT(NamesOf(stream), ElementsAre("b"));
}

TEST_F(RecordStreamTest, MovedStreamGoesOn) {
  Play({{.messages = {MessageOf({"a", "b", "c"}, "1"), MessageOf({"d"}, "2")}}});
  RecordStream first = List();
  const v1::PortRecord* record = first.Next();
  ASSERT_NE(record, nullptr);
  RecordStream second(std::move(first));
  EXPECT_EQ(record->service(), "a");
  EXPECT_EQ(second.revision(), "revision");
  ASSERT_NE(record = second.Next(), nullptr);
  EXPECT_EQ(record->service(), "b");

  RecordStream third = client_->ListRange({});
  third = std::move(second);
  EXPECT_THAT(NamesOf(third), ElementsAre("c", "d"));
  EXPECT_EQ(third.status(), absl::OkStatus());
  EXPECT_EQ(third.resume_token(), "2");
}

TEST_F(RecordStreamTest, MovedFromStreamIsAtItsEnd) {
  Play({{.messages = {MessageOf({"a", "b"}, "1"), MessageOf({"c"}, "2")}}});
  for (const bool read : {false, true}) {
    RecordStream stream = List();
    if (read) {
      ASSERT_NE(stream.Next(), nullptr);
    }
    const RecordStream taken = std::move(stream);
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.Next(), nullptr);
    RecordStream assigned = client_->ListRange({});
    assigned = std::move(stream);
    EXPECT_EQ(assigned.Next(), nullptr);
  }
}

TEST_F(RecordStreamTest, MovedFromStreamMayBeAssignedTo) {
  Play({{.messages = {MessageOf({"a", "b"}, "1")}}});
  RecordStream stream = List();
  ASSERT_NE(stream.Next(), nullptr);
  const RecordStream taken = std::move(stream);
  stream = client_->ListRange({});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace portreg
