// Tests listings, read in both ways: blocking and by callbacks.
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
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
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

// Lists the embedded data of a real server.
class RealListingTest : public ::testing::TestWithParam<Way> {
 protected:
  const Registry& registry() { return EmbeddedPublication().Current()->registry; }

  const std::unique_ptr<server::Server> server_ = StartServer(EmbeddedPublication());
  std::unique_ptr<Client> client_ = MakeClient(OptionsFor(server_->addresses().front()));
};

INSTANTIATE_TEST_SUITE_P(Ways, RealListingTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(RealListingTest, YieldsEveryRecordInOrder) {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  request.set_view(v1::RECORD_VIEW_FULL);
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(registry(), request);
  ASSERT_GT(messages.size(), 10);

  Listing listing(GetParam(), *client_, request);
  const Yield& yield = listing.ReadToEnd();
  EXPECT_TRUE(yield.Records() == RecordsOf(messages));
  EXPECT_EQ(yield.status, absl::OkStatus());
  EXPECT_EQ(yield.revision, registry().revision());
  EXPECT_EQ(yield.resume_token, messages.back().resume_token());
}

TEST_P(RealListingTest, ListingWithoutRecordsHasARevision) {
  v1::ListRangeRequest request;
  request.set_first_port(65535);
  request.add_layers(v1::LAYER_LOCAL);
  Listing listing(GetParam(), *client_, request);
  EXPECT_THAT(listing.ReadToEnd().records, IsEmpty());
  EXPECT_EQ(listing.yield().status, absl::OkStatus());
  EXPECT_EQ(listing.yield().revision, registry().revision());
}

TEST_P(RealListingTest, BadRequestIsTheStreamsError) {
  v1::ListRangeRequest request;
  request.set_first_port(90);
  request.set_last_port(80);
  Listing listing(GetParam(), *client_, request);
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(listing.Next());
    EXPECT_TRUE(absl::IsInvalidArgument(listing.yield().status));
    EXPECT_EQ(ErrorReason(listing.yield().status), v1::ERROR_REASON_RANGE_REVERSED);
  }
  EXPECT_EQ(listing.yield().revision, "");
  EXPECT_EQ(listing.yield().resume_token, "");
}

TEST_P(RealListingTest, DestroyedEarlyDoesNotHang) {
  {
    const Listing unread(GetParam(), *client_);
    Listing begun(GetParam(), *client_);
    EXPECT_TRUE(begun.Next());
  }
  EXPECT_TRUE(client_->LookupPort(80).ok());
}

TEST_P(RealListingTest, OutlivesItsClient) {
  Listing listing(GetParam(), *client_);
  ASSERT_TRUE(listing.Next());
  client_.reset();
  EXPECT_TRUE(listing.ReadToEnd().Records() == RecordsOf(MessagesOf(registry(), {})));
  EXPECT_EQ(listing.yield().status, absl::OkStatus());
}

TEST_P(RealListingTest, TokenOfAnOldRevisionIsAborted) {
  server::Publication publication(MakeRegistry({.iana = "one,1,tcp,\n"}));
  const std::unique_ptr<server::Server> server = StartServer(publication);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  Listing before(GetParam(), *client);
  EXPECT_THAT(before.ReadToEnd().Names(), ElementsAre("one"));

  publication.Publish(MakeRegistry({.iana = "two,1,tcp,\n"}));
  v1::ListRangeRequest request;
  request.set_resume_token(before.yield().resume_token);
  Listing after(GetParam(), *client, request);
  EXPECT_FALSE(after.Next());
  EXPECT_TRUE(absl::IsAborted(after.yield().status));
  EXPECT_EQ(ErrorReason(after.yield().status), v1::ERROR_REASON_REVISION_CHANGED);
}

class ListingTest : public ScriptedListingTest, public ::testing::WithParamInterface<Way> {
 protected:
  [[nodiscard]] Listing List(const v1::ListRangeRequest& request = {}) {
    return Listing(GetParam(), NewClient(), request);
  }
  // Reads a listing from its beginning to its end.
  [[nodiscard]] Yield Read(const v1::ListRangeRequest& request = {}) {
    return List(request).ReadToEnd();
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, ListingTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(ListingTest, CallBeginsWithTheFirstNext) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  {
    const Listing unread = List();
    Listing moved(GetParam(), *client_);
    const Listing taken = std::move(moved);
  }
  EXPECT_THAT(service_.listings(), IsEmpty());
  EXPECT_THAT(Read().Names(), ElementsAre("a"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_P(ListingTest, MessagesWithoutRecordsArePassedOver) {
  Play({{.messages = {MessageOf({}, "1"), MessageOf({"a"}, "2"), MessageOf({}, "3"),
                      MessageOf({"b", "c"}, "4"), MessageOf({}, "5")}}});
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(yield.status, absl::OkStatus());
  EXPECT_EQ(yield.resume_token, "5");
}

TEST_P(ListingTest, EndComesAgain) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  Listing listing = List();
  listing.ReadToEnd();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(listing.Next());
    EXPECT_EQ(listing.yield().status, absl::OkStatus());
    EXPECT_EQ(listing.yield().resume_token, "1");
    EXPECT_EQ(listing.yield().revision, "revision");
  }
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_P(ListingTest, ErrorComesAgainWithItsDetails) {
  Play({{.messages = {MessageOf({"a"}, "1")},
         .end = ErrorWithReason(grpc::StatusCode::INTERNAL, v1::ERROR_REASON_KEY_MISSING, "it")}});
  Listing listing = List();
  EXPECT_THAT(listing.ReadToEnd().Names(), ElementsAre("a"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(listing.Next());
    EXPECT_TRUE(absl::IsInternal(listing.yield().status));
    EXPECT_EQ(Message(listing.yield().status), "it");
    EXPECT_EQ(ErrorReason(listing.yield().status), v1::ERROR_REASON_KEY_MISSING);
  }
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_P(ListingTest, ExceedsItsDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt}});
  options_.list_timeout = absl::Seconds(2);
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::DeadlineExceededError("no answer within 2s"));
}

TEST_P(ListingTest, UnreachableServerIsUnavailable) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  options_.target = port.target();
  const Yield yield = Read();
  EXPECT_TRUE(absl::IsUnavailable(yield.status)) << yield.status;
  EXPECT_THAT(Message(yield.status), HasSubstr(port.target()));
}

TEST_P(ListingTest, ConnectionIsAwaitedForTheShorterTimeout) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  options_.target = port.target();
  for (absl::Duration* const timeout : {&options_.timeout, &options_.list_timeout}) {
    options_.timeout = options_.list_timeout = absl::Seconds(6);
    *timeout = absl::Milliseconds(150);
    const absl::Time start = absl::Now();
    EXPECT_EQ(Read().status, absl::UnavailableError(absl::StrCat("no connection to ", port.target(),
                                                                 " within 150ms")));
    EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  }
}

TEST_P(ListingTest, DestroyedEarlyCancelsTheCall) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = std::nullopt}});
  {
    Listing listing = List();
    ASSERT_TRUE(listing.Next());
  }
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_P(ListingTest, AssignmentCancelsTheListingThatWasThere) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = std::nullopt},
        {.messages = {MessageOf({"b"}, "2")}}});
  Listing listing = List();
  ASSERT_TRUE(listing.Next());
  listing = Listing(GetParam(), *client_);
  EXPECT_TRUE(service_.WaitForCancellation());
  EXPECT_THAT(listing.ReadToEnd().Names(), ElementsAre("b"));
}

TEST_P(ListingTest, MovedStreamContinues) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2"), MessageOf({"c"}, "3")}}});
  Listing first = List();
  ASSERT_TRUE(first.Next());
  Listing second(std::move(first));
  ASSERT_TRUE(second.Next());
  Listing third(GetParam(), *client_);
  third = std::move(second);
  third.AssignStreamToItself();
  EXPECT_THAT(third.ReadToEnd().Names(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(third.yield().status, absl::OkStatus());
  EXPECT_EQ(third.yield().resume_token, "3");
}

TEST_P(ListingTest, MovedFromStreamIsAtItsEndAndMayBeAssignedTo) {
  Play({{.messages = {MessageOf({"a"}, "1")}}});
  for (const bool read : {false, true}) {
    Listing listing = List();
    if (read) {
      ASSERT_TRUE(listing.Next());
    }
    const Listing taken = std::move(listing);
    EXPECT_FALSE(listing.Next());
    EXPECT_FALSE(listing.Next());
    listing = Listing(GetParam(), *client_);
    EXPECT_THAT(listing.ReadToEnd().Names(), ElementsAre("a"));
  }
}

// Streams that break.

TEST_P(ListingTest, BrokenStreamContinuesWithoutLossOrRepetition) {
  // Each stream sends three messages and then breaks.
  const Registry& registry = EmbeddedPublication().Current()->registry;
  service_.list_range = [&](const v1::ListRangeRequest& request) {
    ListScript script;
    script.messages = MessagesOf(registry, request);
    if (script.messages.size() > 3) {
      script.messages.resize(3);
      script.end = Broken();
    }
    return script;
  };
  v1::ListRangeRequest request;
  request.set_transport(v1::TRANSPORT_UDP);
  request.set_include_portless(true);
  const std::vector<v1::ListRangeResponse> messages = MessagesOf(registry, request);
  ASSERT_GT(messages.size(), 9);

  const Yield yield = Read(request);
  EXPECT_TRUE(yield.Records() == RecordsOf(messages));
  EXPECT_EQ(yield.status, absl::OkStatus());
  const std::vector<v1::ListRangeRequest> asked = service_.listings();
  ASSERT_GT(asked.size(), messages.size() / 3);
  EXPECT_EQ(asked[0].resume_token(), "");
  for (size_t i = 1; i < asked.size(); ++i) {
    v1::ListRangeRequest expected = request;
    // The token of the third message of the stream before.
    expected.set_resume_token(MessagesOf(registry, asked[i - 1])[2].resume_token());
    EXPECT_EQ(asked[i].SerializeAsString(), expected.SerializeAsString());
  }
}

TEST_P(ListingTest, StreamThatBreaksBeforeItsFirstMessageStartsAgain) {
  Play({{.messages = {}, .end = Broken()}, {.messages = {MessageOf({"a"}, "1")}}});
  v1::ListRangeRequest request;
  request.set_resume_token("the request's");
  EXPECT_THAT(Read(request).Names(), ElementsAre("a"));
  EXPECT_THAT(TokensAsked(service_), ElementsAre("the request's", "the request's"));
}

TEST_P(ListingTest, WithoutATokenItDoesNotStartAgain) {
  Play({{.messages = {MessageOf({"a"}, "")}, .end = Broken()}});
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
}

TEST_P(ListingTest, ResumingIsTriedNoMoreOftenThanOptionsSay) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}, {.messages = {}, .end = Broken()}});
  options_.retry.max_attempts = 3;
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
  EXPECT_EQ(yield.resume_token, "1");
  EXPECT_EQ(yield.revision, "revision");
  // The first stream, and at most three attempts to continue it.
  EXPECT_GE(service_.listings().size(), 3);
  EXPECT_LE(service_.listings().size(), 4);
}

TEST_P(ListingTest, ListingThatNeverStartsIsTriedAsOftenAsOptionsSay) {
  for (const int attempts : {1, 2, 3, 5}) {
    const size_t before = service_.listings().size();
    Play({{.messages = {}, .end = Broken()}});
    options_.retry.max_attempts = attempts;
    EXPECT_EQ(Read().status, absl::UnavailableError("broken"));
    EXPECT_EQ(service_.listings().size() - before, attempts);
  }
}

TEST_P(ListingTest, EachMessageAllowsAttemptsAgainWithoutALongerPause) {
  // The stream breaks seven times, always with a message in between.
  std::vector<ListScript> scripts;
  for (const std::string name : {"a", "b", "c", "d", "e", "f", "g"}) {
    scripts.push_back({.messages = {MessageOf({name}, name)}, .end = Broken()});
  }
  scripts.push_back({.messages = {MessageOf({"h"}, "h")}});
  Play(std::move(scripts));
  options_.retry = {.max_attempts = 2,
                    .initial_backoff = absl::Milliseconds(100),
                    .max_backoff = absl::Minutes(1)};
  const absl::Time start = absl::Now();
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b", "c", "d", "e", "f", "g", "h"));
  EXPECT_EQ(yield.status, absl::OkStatus());
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "a", "b", "c", "d", "e", "f", "g"));
  // Growing pauses would take 100 + 200 + ... + 6400 ms, or randomly half of it.
  EXPECT_LT(absl::Now() - start, absl::Seconds(6));
}

TEST_P(ListingTest, OneAttemptTurnsResumingOff) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
  options_.retry.max_attempts = 1;
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_P(ListingTest, BrokenStreamWaitsForItsServerUntilItsDeadline) {
  FakeService service;
  service.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a"}, "1")}, .end = Broken()};
  };
  auto server = std::make_unique<FakeServer>(service);
  options_.target = server->target();
  options_.list_timeout = absl::Seconds(2);
  const absl::Time start = absl::Now();
  Listing listing = List();
  ASSERT_TRUE(listing.Next());
  server.reset();
  EXPECT_FALSE(listing.Next());
  EXPECT_EQ(listing.yield().status, absl::UnavailableError(absl::StrCat(
                                        "no connection to ", options_.target, " within 2s")));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(1900));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_P(ListingTest, OtherFailuresAreNotResumed) {
  for (int code = 1; code <= 16; ++code) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    if (grpc_code == grpc::StatusCode::UNAVAILABLE) continue;
    const size_t before = service_.listings().size();
    Play({{.messages = {MessageOf({"a"}, "1")}, .end = grpc::Status(grpc_code, "failed")}});
    const Yield yield = Read();
    EXPECT_THAT(yield.Names(), ElementsAre("a"));
    EXPECT_EQ(yield.status.code(), static_cast<absl::StatusCode>(code));
    EXPECT_EQ(service_.listings().size(), before + 1) << code;
  }
}

TEST_P(ListingTest, RevisionThatChangedMeanwhileIsAborted) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = Broken()},
        {.messages = {},
         .end = ErrorWithReason(grpc::StatusCode::ABORTED, v1::ERROR_REASON_REVISION_CHANGED,
                                "another revision")}});
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b"));
  EXPECT_TRUE(absl::IsAborted(yield.status));
  EXPECT_EQ(ErrorReason(yield.status), v1::ERROR_REASON_REVISION_CHANGED);
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "2"));
}

TEST_P(ListingTest, PauseDoesNotExceedTheDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
  options_.list_timeout = absl::Seconds(10);
  options_.retry.initial_backoff = options_.retry.max_backoff = absl::Minutes(1);
  const absl::Time start = absl::Now();
  EXPECT_EQ(Read().status, absl::UnavailableError("broken"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(9));
}

}  // namespace
}  // namespace portreg
