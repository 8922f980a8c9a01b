#include "portreg/record_stream.h"

#include <malloc.h>
#include <algorithm>
#include <cstdint>

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
#include "gmock/gmock.h"
#include "grpcpp/test/mock_stream.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/v1/port_registry_service_mock.grpc.pb.h"
#include "server/handlers.h"
#include "server/server.h"
#include "tests/client/fake_server.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::_;
using ::testing::DoAll;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Return;
using ::testing::SetArgPointee;
using ::testing::SizeIs;

grpc::Status Broken() { return {grpc::StatusCode::UNAVAILABLE, "broken"}; }

// The messages of a listing, as the server makes them.
std::vector<v1::ListRangeResponse> MessagesOf(const Registry& registry,
                                              const v1::ListRangeRequest& request) {
  std::vector<v1::ListRangeResponse> messages;
  Listing listing = ListRange(registry, request).value();
  for (bool last = false; !last;) last = listing.Next(messages.emplace_back());
  return messages;
}

std::vector<std::string> RecordsOf(const std::vector<v1::ListRangeResponse>& messages) {
  std::vector<std::string> records;
  for (const v1::ListRangeResponse& message : messages) {
    for (const v1::PortRecord& record : message.records()) {
      records.push_back(record.SerializeAsString());
    }
  }
  return records;
}

std::vector<std::string> ReadAll(RecordStream& stream) {
  std::vector<std::string> records;
  while (const v1::PortRecord* record = stream.Next()) {
    records.push_back(record->SerializeAsString());
  }
  return records;
}

// A message with a record for each name, and a token.
v1::ListRangeResponse MessageOf(const std::vector<std::string>& names, const std::string& token) {
  v1::ListRangeResponse message;
  for (const std::string& name : names) message.add_records()->set_service(name);
  message.set_revision("revision");
  message.set_resume_token(token);
  return message;
}

std::vector<std::string> NamesOf(RecordStream& stream) {
  std::vector<std::string> names;
  while (const v1::PortRecord* record = stream.Next()) names.push_back(record->service());
  return names;
}

// Tokens of the listings that a service was asked for.
std::vector<std::string> TokensAsked(const FakeService& service) {
  std::vector<std::string> tokens;
  for (const v1::ListRangeRequest& request : service.listings()) {
    tokens.push_back(request.resume_token());
  }
  return tokens;
}

// A listing of a real server.
class RealRecordStreamTest : public ::testing::Test {
 protected:
  explicit RealRecordStreamTest(const Publication& publication = EmbeddedPublication())
      : registry_(publication.Current()) {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = Server::Start(options, publication).value();
    client_ = MakeClient(OptionsFor(server_->addresses().front()));
  }

  std::shared_ptr<const Registry> registry_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(RealRecordStreamTest, YieldsEveryRecordInOrder) {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  request.set_view(v1::RECORD_VIEW_FULL);
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(*registry_, request);
  ASSERT_GT(messages.size(), 10);

  RecordStream stream = client_->ListRange(request);
  EXPECT_EQ(ReadAll(stream), RecordsOf(messages));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), registry_->revision());
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
    EXPECT_EQ(stream.revision(), registry_->revision());
  }
}

TEST_F(RealRecordStreamTest, ListingWithoutRecordsHasARevision) {
  v1::ListRangeRequest request;
  request.set_first_port(65535);
  request.add_layers(v1::LAYER_LOCAL);
  RecordStream stream = client_->ListRange(request);
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), registry_->revision());
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
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(*registry_, request);
  const std::vector<std::string> all = RecordsOf(messages);
  const auto first_message = static_cast<size_t>(messages[0].records_size());

  // Stopped within a message, on its last record and on the next one's first.
  for (const size_t taken : {first_message + 10, 3 * first_message, 3 * first_message + 1}) {
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
  EXPECT_EQ(ReadAll(stream).size() + 1, RecordsOf(MessagesOf(*registry_, {})).size());
  EXPECT_EQ(stream.status(), absl::OkStatus());
}

TEST(RevisionRecordStreamTest, TokenOfAnOldRevisionIsAborted) {
  Publication publication(MakeRegistry({.iana = "one,1,tcp,\n"}));
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  const std::unique_ptr<Server> server = Server::Start(options, publication).value();
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

// A listing whose streams are scripted.
class RecordStreamTest : public ::testing::Test {
 protected:
  // The n-th stream plays the n-th script; further ones the last.
  void Play(std::vector<ListScript> scripts) {
    service_.list_range = [scripts = std::move(scripts),
                           next = size_t{0}](const v1::ListRangeRequest&) mutable {
      return scripts[std::min(next++, scripts.size() - 1)];
    };
  }

  [[nodiscard]] RecordStream List(const v1::ListRangeRequest& request = {}) {
    client_ = MakeClient(options_);
    return client_->ListRange(request);
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_;
};

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

TEST_F(RecordStreamTest, BrokenStreamGoesOnWithoutLossOrRepetition) {
  // Three messages at a time, then the stream breaks.
  const std::shared_ptr<const Registry> registry = EmbeddedPublication().Current();
  service_.list_range = [&](const v1::ListRangeRequest& request) {
    ListScript script;
    script.messages = MessagesOf(*registry, request);
    if (script.messages.size() > 3) {
      script.messages.resize(3);
      script.end = Broken();
    }
    return script;
  };
  v1::ListRangeRequest request;
  request.set_transport(v1::TRANSPORT_UDP);
  request.set_include_portless(true);
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(*registry, request);
  ASSERT_GT(messages.size(), 9);

  RecordStream stream = List(request);
  EXPECT_EQ(ReadAll(stream), RecordsOf(messages));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  const std::vector<v1::ListRangeRequest> asked = service_.listings();
  ASSERT_GT(asked.size(), messages.size() / 3);
  EXPECT_EQ(asked[0].resume_token(), "");
  for (size_t i = 1; i < asked.size(); ++i) {
    v1::ListRangeRequest expected = request;
    // The third message of the stream before.
    expected.set_resume_token(MessagesOf(*registry, asked[i - 1])[2].resume_token());
    EXPECT_EQ(asked[i].SerializeAsString(), expected.SerializeAsString());
  }
}

TEST_F(RecordStreamTest, StreamThatBreaksBeforeItsFirstMessageStartsAnew) {
  Play({{.messages = {}, .end = Broken()}, {.messages = {MessageOf({"a"}, "1")}}});
  v1::ListRangeRequest request;
  request.set_resume_token("the request's");
  RecordStream stream = List(request);
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_THAT(TokensAsked(service_), ElementsAre("the request's", "the request's"));
}

TEST_F(RecordStreamTest, StreamThatBreaksOnceMoreThanOptionsAllowIsUnavailable) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}, {.messages = {}, .end = Broken()}});
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::UnavailableError("broken"));
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.resume_token(), "1");
  EXPECT_EQ(stream.revision(), "revision");
}

TEST_F(RecordStreamTest, ListingThatNeverStartsIsTriedAsOftenAsOptionsSay) {
  for (const int attempts : {1, 2, 3, 5}) {
    const size_t before = service_.listings().size();
    Play({{.messages = {}, .end = Broken()}});
    options_.retry.max_attempts = attempts;
    RecordStream stream = List();
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status(), absl::UnavailableError("broken"));
    EXPECT_EQ(service_.listings().size() - before, attempts);
  }
}

TEST_F(RecordStreamTest, ResumingIsTriedNoMoreOftenThanOptionsSay) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}, {.messages = {}, .end = Broken()}});
  options_.retry.max_attempts = 3;
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  // The stream that broke, and at most three tries to go on.
  EXPECT_GE(service_.listings().size(), 3);
  EXPECT_LE(service_.listings().size(), 4);
}

TEST_F(RecordStreamTest, EachMessageAllowsTriesAnew) {
  // Four breaks, never two without a message in between.
  std::vector<ListScript> scripts;
  for (const std::string name : {"a", "b", "c", "d"}) {
    scripts.push_back({.messages = {MessageOf({name}, name)}, .end = Broken()});
  }
  scripts.push_back({.messages = {MessageOf({"e"}, "e")}});
  Play(std::move(scripts));
  options_.retry.max_attempts = 2;
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "a", "b", "c", "d"));
}

TEST_F(RecordStreamTest, PausesDoNotGrowAsLongAsMessagesCome) {
  std::vector<ListScript> scripts(7, {.messages = {MessageOf({"a"}, "1")}, .end = Broken()});
  scripts.push_back({.messages = {MessageOf({"a"}, "1")}});
  Play(std::move(scripts));
  options_.retry.initial_backoff = absl::Milliseconds(20);
  options_.retry.max_backoff = absl::Seconds(10);
  const absl::Time start = absl::Now();
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), SizeIs(8));
  // Else they were 20 + 40 + ... + 1280 ms.
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(2000));
}

TEST_F(RecordStreamTest, OneAttemptSwitchesResumingOff) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()},
        {.messages = {MessageOf({"b"}, "2")}}});
  options_.retry.max_attempts = 1;
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::UnavailableError("broken"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(RecordStreamTest, BrokenStreamWaitsForItsServerUntilItsDeadline) {
  FakeService service;
  service.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a"}, "1")}, .end = Broken()};
  };
  auto server = std::make_unique<FakeServer>(service);
  options_.target = server->target();
  options_.list_timeout = absl::Seconds(1);
  const absl::Time start = absl::Now();
  RecordStream stream = List();
  ASSERT_NE(stream.Next(), nullptr);
  server.reset();
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_EQ(stream.status(), absl::UnavailableError(
                                 absl::StrCat("no connection to ", options_.target, " within 1s")));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(900));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(RecordStreamTest, OtherFailuresAreNotResumed) {
  for (int code = 1; code <= 16; ++code) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    if (grpc_code == grpc::StatusCode::UNAVAILABLE) continue;
    const size_t before = service_.listings().size();
    Play({{.messages = {MessageOf({"a"}, "1")}, .end = grpc::Status(grpc_code, "failed")}});
    RecordStream stream = List();
    EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
    EXPECT_EQ(stream.status().code(), static_cast<absl::StatusCode>(code));
    EXPECT_EQ(service_.listings().size(), before + 1) << code;
  }
}

TEST_F(RecordStreamTest, RevisionThatChangedMeanwhileIsAborted) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = Broken()},
        {.messages = {},
         .end = ErrorWithReason(grpc::StatusCode::ABORTED, v1::ERROR_REASON_REVISION_CHANGED,
                                "another revision")}});
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "b"));
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(stream.status()), "REVISION_CHANGED");
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "2"));
}

TEST_F(RecordStreamTest, ListingExceedsItsDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  options_.list_timeout = absl::Seconds(1);
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::DeadlineExceededError("no answer within 1s"));
}

TEST_F(RecordStreamTest, NoPauseIsMadeBeyondTheDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
  options_.list_timeout = absl::Seconds(10);
  options_.retry.initial_backoff = absl::Minutes(1);
  options_.retry.max_backoff = absl::Minutes(1);
  const absl::Time start = absl::Now();
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::UnavailableError("broken"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(9));
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

using MockReader = ::grpc::testing::MockClientReader<v1::ListRangeResponse>;

TEST(RecordStreamMockTest, RecordsComeFromTheMock) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  auto reader = std::make_unique<MockReader>();
  EXPECT_CALL(*reader, Read)
      .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"http", "https"}, "1")), Return(true)))
      .WillOnce(Return(false));
  EXPECT_CALL(*reader, Finish).WillOnce(Return(grpc::Status::OK));
  EXPECT_CALL(*stub, ListRangeRaw(_, ::testing::Property(&v1::ListRangeRequest::first_port, 80)))
      .WillOnce(Return(reader.release()));

  v1::ListRangeRequest request;
  request.set_first_port(80);
  RecordStream stream = Client(stub).ListRange(request);
  EXPECT_THAT(NamesOf(stream), ElementsAre("http", "https"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
}

TEST(RecordStreamMockTest, StreamsOfAListingShareOneDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  std::vector<absl::Time> deadlines;
  EXPECT_CALL(*stub, ListRangeRaw)
      .Times(3)
      .WillRepeatedly([&](grpc::ClientContext* context, const v1::ListRangeRequest&) {
        deadlines.push_back(absl::FromChrono(context->deadline()));
        auto* const reader = new MockReader;
        EXPECT_CALL(*reader, Read)
            .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"a"}, "1")), Return(true)))
            .WillOnce(Return(false));
        EXPECT_CALL(*reader, Finish)
            .WillOnce(Return(deadlines.size() < 3 ? Broken() : grpc::Status::OK));
        return reader;
      });
  ClientOptions options = OptionsFor("");
  options.list_timeout = absl::Minutes(7);
  const absl::Time before = absl::Now();
  RecordStream stream = Client(stub, options).ListRange({});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "a", "a"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  ASSERT_EQ(deadlines.size(), 3);
  EXPECT_GE(deadlines[0], before + options.list_timeout - absl::Milliseconds(1));
  EXPECT_LE(deadlines[0], absl::Now() + options.list_timeout + absl::Milliseconds(1));
  EXPECT_EQ(deadlines[1], deadlines[0]);
  EXPECT_EQ(deadlines[2], deadlines[0]);
}

// Yields messages of 1 MiB.
class LargeReader final : public grpc::ClientReaderInterface<v1::ListRangeResponse> {
 public:
  static constexpr int kMessages = 100;
  static constexpr int kRecords = 16;

  bool Read(v1::ListRangeResponse* message) override {
    if (read_++ == kMessages) return false;
    message->Clear();
    for (int i = 0; i < kRecords; ++i) {
      message->add_records()->set_description(std::string((1 << 20) / kRecords, 'x'));
    }
    return true;
  }
  bool NextMessageSize(uint32_t* size) override { return *size = 1 << 20, read_ < kMessages; }
  void WaitForInitialMetadata() override {}
  grpc::Status Finish() override { return grpc::Status::OK; }

 private:
  int read_ = 0;
};

size_t BytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(RecordStreamMockTest, HoldsNoMoreThanTwoMessages) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  EXPECT_CALL(*stub, ListRangeRaw).WillOnce(Return(new LargeReader));
  const size_t before = BytesInUse();
  size_t most = 0;
  RecordStream stream = Client(stub).ListRange({});
  int records = 0;
  while (stream.Next() != nullptr) {
    ++records;
    most = std::max(most, BytesInUse());
  }
  EXPECT_EQ(records, LargeReader::kMessages * LargeReader::kRecords);
  EXPECT_LT(most, before + (4 << 20));
}

}  // namespace
}  // namespace portreg
