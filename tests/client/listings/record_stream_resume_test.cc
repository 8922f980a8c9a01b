// Listings that break, and go on.
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/record_stream.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RecordStreamResumeTest : public ScriptedListingTest,
                               public ::testing::WithParamInterface<Way> {
 protected:
  // The listing from its beginning to its end, in the way of the test.
  [[nodiscard]] Yield Read(const v1::ListRangeRequest& request = {}) {
    return ScriptedListingTest::Read(GetParam(), request);
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, RecordStreamResumeTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(RecordStreamResumeTest, BrokenStreamGoesOnWithoutLossOrRepetition) {
  // Three messages at a time, then the stream breaks.
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
  EXPECT_EQ(yield.Records(), RecordsOf(messages));
  EXPECT_EQ(yield.status, absl::OkStatus());
  const std::vector<v1::ListRangeRequest> asked = service_.listings();
  ASSERT_GT(asked.size(), messages.size() / 3);
  EXPECT_EQ(asked[0].resume_token(), "");
  for (size_t i = 1; i < asked.size(); ++i) {
    v1::ListRangeRequest expected = request;
    // The third message of the stream before.
    expected.set_resume_token(MessagesOf(registry, asked[i - 1])[2].resume_token());
    EXPECT_EQ(asked[i].SerializeAsString(), expected.SerializeAsString());
  }
}

TEST_P(RecordStreamResumeTest, StreamThatBreaksBeforeItsFirstMessageStartsAnew) {
  Play({{.messages = {}, .end = Broken()}, {.messages = {MessageOf({"a"}, "1")}}});
  v1::ListRangeRequest request;
  request.set_resume_token("the request's");
  const Yield yield = Read(request);
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_THAT(TokensAsked(service_), ElementsAre("the request's", "the request's"));
}

TEST_P(RecordStreamResumeTest, StreamThatBreaksOnceMoreThanOptionsAllowIsUnavailable) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}, {.messages = {}, .end = Broken()}});
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
  EXPECT_EQ(yield.resume_token, "1");
  EXPECT_EQ(yield.revision, "revision");
}

TEST_P(RecordStreamResumeTest, ListingThatNeverStartsIsTriedAsOftenAsOptionsSay) {
  for (const int attempts : {1, 2, 3, 5}) {
    const size_t before = service_.listings().size();
    Play({{.messages = {}, .end = Broken()}});
    options_.retry.max_attempts = attempts;
    const Yield yield = Read();
    EXPECT_THAT(yield.records, IsEmpty());
    EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
    EXPECT_EQ(service_.listings().size() - before, attempts);
  }
}

TEST_P(RecordStreamResumeTest, ResumingIsTriedNoMoreOftenThanOptionsSay) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}, {.messages = {}, .end = Broken()}});
  options_.retry.max_attempts = 3;
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  // The stream that broke, and at most three tries to go on.
  EXPECT_GE(service_.listings().size(), 3);
  EXPECT_LE(service_.listings().size(), 4);
}

TEST_P(RecordStreamResumeTest, EachMessageAllowsTriesAnew) {
  // Four breaks, never two without a message in between.
  std::vector<ListScript> scripts;
  for (const std::string name : {"a", "b", "c", "d"}) {
    scripts.push_back({.messages = {MessageOf({name}, name)}, .end = Broken()});
  }
  scripts.push_back({.messages = {MessageOf({"e"}, "e")}});
  Play(std::move(scripts));
  options_.retry.max_attempts = 2;
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(yield.status, absl::OkStatus());
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "a", "b", "c", "d"));
}

TEST_P(RecordStreamResumeTest, PausesDoNotGrowAsLongAsMessagesCome) {
  std::vector<ListScript> scripts(7, {.messages = {MessageOf({"a"}, "1")}, .end = Broken()});
  scripts.push_back({.messages = {MessageOf({"a"}, "1")}});
  Play(std::move(scripts));
  options_.retry.initial_backoff = absl::Milliseconds(100);
  options_.retry.max_backoff = absl::Minutes(1);
  const absl::Time start = absl::Now();
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), SizeIs(8));
  // Else they were 100 + 200 + ... + 6400 ms, of which half is left to chance.
  EXPECT_LT(absl::Now() - start, absl::Seconds(6));
}

TEST_P(RecordStreamResumeTest, OneAttemptSwitchesResumingOff) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()},
        {.messages = {MessageOf({"b"}, "2")}}});
  options_.retry.max_attempts = 1;
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_P(RecordStreamResumeTest, BrokenStreamWaitsForItsServerUntilItsDeadline) {
  FakeService service;
  service.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a"}, "1")}, .end = Broken()};
  };
  auto server = std::make_unique<FakeServer>(service);
  options_.target = server->target();
  options_.list_timeout = absl::Seconds(2);
  const absl::Time start = absl::Now();
  RecordStream blocking = List();
  AsyncRecordStream async = client_->ListRangeAsync({});
  const auto next_status = [&] {
    if (GetParam() == Way::kAsync) return NextOf(async).status();
    const bool more = blocking.Next() != nullptr;
    EXPECT_EQ(more, blocking.status().ok());
    return blocking.status();
  };
  ASSERT_EQ(next_status(), absl::OkStatus());
  server.reset();
  EXPECT_EQ(next_status(), absl::UnavailableError(
                               absl::StrCat("no connection to ", options_.target, " within 2s")));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(1900));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_P(RecordStreamResumeTest, OtherFailuresAreNotResumed) {
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

TEST_P(RecordStreamResumeTest, RevisionThatChangedMeanwhileIsAborted) {
  Play({{.messages = {MessageOf({"a"}, "1"), MessageOf({"b"}, "2")}, .end = Broken()},
        {.messages = {},
         .end = ErrorWithReason(grpc::StatusCode::ABORTED, v1::ERROR_REASON_REVISION_CHANGED,
                                "another revision")}});
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b"));
  EXPECT_EQ(yield.status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(yield.status), "REVISION_CHANGED");
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "2"));
}

TEST_P(RecordStreamResumeTest, NoPauseIsMadeBeyondTheDeadline) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
  options_.list_timeout = absl::Seconds(10);
  options_.retry.initial_backoff = absl::Minutes(1);
  options_.retry.max_backoff = absl::Minutes(1);
  const absl::Time start = absl::Now();
  const Yield yield = Read();
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, absl::UnavailableError("broken"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(9));
}

// A listing that breaks, and would go on after five minutes.
class RecordStreamPauseTest : public ScriptedListingTest {
 protected:
  RecordStreamPauseTest() {
    Play({{.messages = {MessageOf({"a"}, "1")}, .end = Broken()}});
    service_.lookup = [](const auto&, auto&) { return grpc::Status::OK; };
    options_.list_timeout = absl::Hours(1);
    options_.retry.initial_backoff = absl::Minutes(5);
    options_.retry.max_backoff = absl::Minutes(5);
  }

  // A listing that pauses, its second message being waited for.
  AsyncRecordStream Begin(Outcome<MaybeMessage>& waiting) {
    AsyncRecordStream stream = ListAsync();
    EXPECT_TRUE(NextOf(stream).ok());
    stream.Next(waiting.Taker());
    // What comes over the same connection comes after the stream's end.
    EXPECT_TRUE(service_.WaitForWrites(1));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(client_->LookupPort(80).ok());
    return stream;
  }
};

TEST_F(RecordStreamPauseTest, CancelEndsThePause) {
  Outcome<MaybeMessage> waiting;
  AsyncRecordStream stream = Begin(waiting);
  stream.Cancel();
  EXPECT_EQ(waiting.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(NextOf(stream).status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(service_.listings(), SizeIs(1));
}

TEST_F(RecordStreamPauseTest, DestructionEndsThePause) {
  Outcome<MaybeMessage> waiting;
  {
    const AsyncRecordStream stream = Begin(waiting);
    client_.reset();
  }
  EXPECT_EQ(waiting.Await().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(RecordStreamPauseTest, NextDuringThePauseIsRefused) {
  Outcome<MaybeMessage> waiting;
  AsyncRecordStream stream = Begin(waiting);
  EXPECT_EQ(NextOf(stream).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(waiting.HasCome());
  stream.Cancel();
  EXPECT_EQ(waiting.Await().status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace portreg
