#include "client/lookups/lookup_queue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/gathering.h"

namespace portreg::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

CallOptions Within(absl::Duration timeout) {
  CallOptions call;
  call.timeout = timeout;
  return call;
}

CallOptions Tagged(const std::string& tag) {
  CallOptions call;
  call.metadata = {{"x-tag", tag}};
  return call;
}

using LookupQueueTest = GatheringTest;

TEST_F(LookupQueueTest, LookupsGoOutAtOnceWhilePlacesAreFree) {
  TakeBothPlaces();
  EXPECT_THAT(service_.lookups(), SizeIs(2));
  LetGo();
  for (const LookupOutcome& outcome : first_) ExpectAnswer(outcome, 1);
}

TEST_F(LookupQueueTest, FurtherLookupsGoOutTogether) {
  std::vector<LookupOutcome> outcomes(50);
  LookUpTogether(outcomes);
  for (int port = 0; port < 50; ++port) ExpectAnswer(outcomes[port], port);
  EXPECT_THAT(BatchSizes(), ElementsAre(50));
  EXPECT_THAT(service_.lookups(), SizeIs(2));
}

TEST_F(LookupQueueTest, OneThatGatheredAloneIsAPlainLookup) {
  std::vector<LookupOutcome> outcomes(1);
  LookUpTogether(outcomes);
  ExpectAnswer(outcomes[0], 0);
  EXPECT_THAT(service_.batches(), IsEmpty());
}

TEST_F(LookupQueueTest, PlacesAreFreeAgainAfterwards) {
  std::vector<LookupOutcome> outcomes(3);
  LookUpTogether(outcomes);
  for (int port = 0; port < 3; ++port) ExpectAnswer(outcomes[port], port);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(coalescer().Lookup(RequestFor(5), {}).ok());
}

TEST_F(LookupQueueTest, BatchHoldsAThousandAtMost) {
  std::vector<LookupOutcome> outcomes(2500);
  LookUpTogether(outcomes);
  for (int port = 0; port < 2500; ++port) ExpectAnswer(outcomes[port], port);
  EXPECT_THAT(BatchSizes(), UnorderedElementsAre(1000, 1000, 500));
}

TEST_F(LookupQueueTest, BatchIsNotLargerThanTheServerTakes) {
  TakeBothPlaces();
  v1::LookupRequest request;
  request.set_service(std::string(253, 's'));
  std::vector<LookupOutcome> outcomes(1000);
  for (LookupOutcome& outcome : outcomes) {
    coalescer().LookupAsync(request, outcome.Taker(), {});
  }
  LetGo();
  for (const LookupOutcome& outcome : outcomes) EXPECT_TRUE(outcome.Await().ok());
  ASSERT_THAT(BatchSizes(), ElementsAre(1000));
  EXPECT_LE(service_.batches()[0].ByteSizeLong(), 256 << 10);
}

TEST_F(LookupQueueTest, LookupsThatMightFailABatchGoOutAlone) {
  for (const std::string& service : {std::string(254, 's'), std::string("caf\xC3\xA9")}) {
    TakeBothPlaces();
    const size_t before = service_.metadata().size();
    v1::LookupRequest request;
    request.set_service(service);
    LookupOutcome outcome;
    coalescer().LookupAsync(request, outcome.Taker(), {});
    EXPECT_TRUE(service_.WaitForCalls(before + 1));
    LetGo();
    EXPECT_TRUE(outcome.Await().ok());
  }
}

TEST_F(LookupQueueTest, LookupsOfOtherMetadataNeitherWaitNorShare) {
  TakeBothPlaces();
  std::array<LookupOutcome, 8> outcomes;
  // Two lookups of each tag are sent, and two are gathered.
  for (int i = 0; i < 8; ++i) LookUp(i, outcomes[i], Tagged(i % 2 == 0 ? "even" : "odd"));
  ASSERT_TRUE(service_.WaitForCalls(6));
  EXPECT_THAT(service_.lookups(), SizeIs(6));
  LetGo();
  for (int i = 0; i < 8; ++i) ExpectAnswer(outcomes[i], i);
  const std::vector<v1::BatchLookupRequest> batches = service_.batches();
  ASSERT_THAT(batches, SizeIs(2));
  for (const v1::BatchLookupRequest& batch : batches) {
    ASSERT_THAT(batch.requests(), SizeIs(2));
    EXPECT_EQ(batch.requests(0).port() % 2, batch.requests(1).port() % 2);
  }
  const std::vector<Metadata> seen = service_.metadata();
  for (const std::string tag : {"even", "odd"}) {
    EXPECT_EQ(std::count_if(seen.begin(), seen.end(),
                            [&](const Metadata& metadata) {
                              const auto it = metadata.find("x-tag");
                              return it != metadata.end() && it->second == tag;
                            }),
              3);
  }
}

TEST_F(LookupQueueTest, ManyKindsOfMetadataAreForgotten) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(coalescer().Lookup(RequestFor(i), Tagged(absl::StrCat(i))).ok());
  }
  LookupOutcome outcome;
  LookUp(7, outcome, Tagged("7"));
  ExpectAnswer(outcome, 7);
}

TEST_F(LookupQueueTest, WhatGatheredTooLongGoesOutBesides) {
  terms_.patience = absl::Milliseconds(20);
  TakeBothPlaces();
  std::array<LookupOutcome, 2> outcomes;
  for (LookupOutcome& outcome : outcomes) LookUp(3, outcome);
  ASSERT_TRUE(service_.WaitForCalls(3));
  LetGo();
  for (const LookupOutcome& outcome : outcomes) ExpectAnswer(outcome, 3);
}

TEST_F(LookupQueueTest, WhatCallbacksAskForGoesOutTogether) {
  terms_.calls = 1;
  holds_ = true;
  LookUp(1, first_[0]);
  ASSERT_TRUE(service_.WaitForCalls(1));
  std::array<LookupOutcome, 20> outcomes;
  for (LookupOutcome& outcome : outcomes) {
    coalescer().LookupAsync(RequestFor(2), [&](const auto&) { LookUp(3, outcome); }, {});
  }
  LetGo();
  for (const LookupOutcome& outcome : outcomes) ExpectAnswer(outcome, 3);
  EXPECT_THAT(BatchSizes(), ElementsAre(20, 20));
}

TEST_F(LookupQueueTest, BlockingLookupsWhosePlacesAreTakenGather) {
  TakeBothPlaces();
  std::array<absl::StatusOr<v1::LookupResponse>, 8> answers;
  std::vector<std::thread> threads;
  for (absl::StatusOr<v1::LookupResponse>& answer : answers) {
    threads.emplace_back([&] { answer = coalescer().Lookup(RequestFor(9), {}); });
  }
  LetGo();
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<v1::LookupResponse>& answer : answers) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->records(0).first_port(), 9);
    EXPECT_EQ(answer->revision(), "revision");
  }
}

TEST_F(LookupQueueTest, GatheredLookupExceedsItsOwnDeadline) {
  TakeBothPlaces();
  LookupOutcome patient;
  LookUp(4, patient);
  EXPECT_EQ(coalescer().Lookup(RequestFor(5), Within(absl::Milliseconds(60))).status(),
            absl::DeadlineExceededError("no answer within 60ms"));
  LookupOutcome outcome;
  LookUp(6, outcome, Within(absl::Milliseconds(30)));
  EXPECT_EQ(outcome.Await().status(), absl::DeadlineExceededError("no answer within 30ms"));
  EXPECT_FALSE(patient.HasCome());
  LetGo();
  ExpectAnswer(patient, 4);
  // The lookups whose time was over are not sent.
  EXPECT_THAT(service_.lookups(), SizeIs(3));
  EXPECT_THAT(service_.batches(), IsEmpty());
}

TEST_F(LookupQueueTest, LookupInABatchExceedsItsOwnDeadline) {
  TakeBothPlaces();
  std::array<LookupOutcome, 4> outcomes;
  LookUp(2, outcomes[2]);
  LookUp(0, outcomes[0], Within(absl::Milliseconds(400)));
  LookUp(1, outcomes[1], Within(absl::Milliseconds(300)));
  LookUp(3, outcomes[3]);
  service_.FinishOpenCalls(grpc::Status::OK);
  ASSERT_TRUE(service_.WaitForCalls(3));
  EXPECT_EQ(outcomes[1].Await().status(), absl::DeadlineExceededError("no answer within 300ms"));
  EXPECT_EQ(outcomes[0].Await().status(), absl::DeadlineExceededError("no answer within 400ms"));
  EXPECT_FALSE(outcomes[2].HasCome());
  LetGo();
  ExpectAnswer(outcomes[2], 2);
  ExpectAnswer(outcomes[3], 3);
}

TEST_F(LookupQueueTest, LookupThatIsLeftOfABatchKeepsItsOwnDeadline) {
  TakeBothPlaces();
  std::array<LookupOutcome, 2> outcomes;
  const PendingCall call = LookUp(1, outcomes[0]);
  LookUp(2, outcomes[1], Within(absl::Milliseconds(300)));
  call.Cancel();
  service_.FinishOpenCalls(grpc::Status::OK);
  EXPECT_EQ(outcomes[1].Await().status(), absl::DeadlineExceededError("no answer within 300ms"));
}

TEST_F(LookupQueueTest, BatchThatNobodyHasTimeForIsCancelled) {
  TakeBothPlaces();
  std::array<LookupOutcome, 3> outcomes;
  for (LookupOutcome& outcome : outcomes) LookUp(1, outcome, Within(absl::Seconds(2)));
  service_.FinishOpenCalls(grpc::Status::OK);
  ASSERT_TRUE(service_.WaitForCalls(3));
  for (const LookupOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.Await().status(), absl::DeadlineExceededError("no answer within 2s"));
  }
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(LookupQueueTest, LookupThatGathersForAConnectionTellsOfIt) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  options_ = OptionsFor(port.target());
  for (LookupOutcome& outcome : first_) LookUp(1, outcome, Within(absl::Seconds(1)));
  LookupOutcome outcome;
  LookUp(2, outcome, Within(absl::Milliseconds(50)));
  EXPECT_EQ(outcome.Await().status(), absl::UnavailableError(absl::StrCat(
                                          "no connection to ", port.target(), " within 50ms")));
  for (const LookupOutcome& other : first_) {
    EXPECT_EQ(other.Await().status(), absl::UnavailableError(absl::StrCat(
                                          "no connection to ", port.target(), " within 1s")));
  }
}

TEST_F(LookupQueueTest, GatheredLookupThatIsCancelledIsNotAskedFor) {
  TakeBothPlaces();
  std::array<LookupOutcome, 5> outcomes;
  std::vector<PendingCall> calls;
  for (int port = 0; port < 5; ++port) calls.push_back(LookUp(port, outcomes[port]));
  for (const int port : {0, 2, 4}) {
    calls[port].Cancel();
    calls[port].Cancel();
    EXPECT_TRUE(absl::IsCancelled(outcomes[port].Await().status()));
  }
  LetGo();
  for (const int port : {1, 3}) ExpectAnswer(outcomes[port], port);
  ASSERT_THAT(BatchSizes(), ElementsAre(2));
  EXPECT_EQ(service_.batches()[0].requests(0).port(), 1);
  EXPECT_EQ(service_.batches()[0].requests(1).port(), 3);
}

TEST_F(LookupQueueTest, PlaceIsFreeWhereAllThatGatheredWereCancelled) {
  TakeBothPlaces();
  std::array<LookupOutcome, 3> outcomes;
  for (LookupOutcome& outcome : outcomes) LookUp(1, outcome).Cancel();
  for (const LookupOutcome& outcome : outcomes) {
    EXPECT_TRUE(absl::IsCancelled(outcome.Await().status()));
  }
  LetGo();
  for (const LookupOutcome& outcome : first_) ExpectAnswer(outcome, 1);
  ASSERT_TRUE(coalescer().Lookup(RequestFor(1), {}).ok());
  EXPECT_THAT(service_.lookups(), SizeIs(3));
  EXPECT_THAT(service_.batches(), IsEmpty());
}

TEST_F(LookupQueueTest, CancelledLookupLeavesThoseAloneThatGatherAfterIt) {
  TakeBothPlaces();
  LookupOutcome cancelled;
  LookUp(1, cancelled).Cancel();
  EXPECT_TRUE(absl::IsCancelled(cancelled.Await().status()));
  std::array<LookupOutcome, 2> outcomes;
  for (LookupOutcome& outcome : outcomes) LookUp(2, outcome);
  LetGo();
  for (const LookupOutcome& outcome : outcomes) ExpectAnswer(outcome, 2);
  EXPECT_THAT(BatchSizes(), ElementsAre(2));
}

TEST_F(LookupQueueTest, CancelInABatchLeavesTheOthersAlone) {
  TakeBothPlaces();
  std::array<LookupOutcome, 3> outcomes;
  std::vector<PendingCall> calls;
  for (int port = 0; port < 3; ++port) calls.push_back(LookUp(port, outcomes[port]));
  service_.FinishOpenCalls(grpc::Status::OK);
  ASSERT_TRUE(service_.WaitForCalls(3));
  calls[1].Cancel();
  EXPECT_TRUE(absl::IsCancelled(outcomes[1].Await().status()));
  LetGo();
  ExpectAnswer(outcomes[0], 0);
  ExpectAnswer(outcomes[2], 2);
}

TEST_F(LookupQueueTest, BatchThatNobodyWaitsForIsCancelled) {
  TakeBothPlaces();
  std::array<LookupOutcome, 3> outcomes;
  std::vector<PendingCall> calls;
  for (LookupOutcome& outcome : outcomes) calls.push_back(LookUp(1, outcome));
  service_.FinishOpenCalls(grpc::Status::OK);
  ASSERT_TRUE(service_.WaitForCalls(3));
  for (const PendingCall& call : calls) call.Cancel();
  EXPECT_TRUE(service_.WaitForCancellation());
  for (const LookupOutcome& outcome : outcomes) {
    EXPECT_TRUE(absl::IsCancelled(outcome.Await().status()));
  }
}

TEST_F(LookupQueueTest, LockMayBeHeldThatTheCallbackTakes) {
  TakeBothPlaces();
  std::mutex mutex;
  LookupOutcome outcome;
  const PendingCall call = coalescer().LookupAsync(
      RequestFor(1),
      [&mutex, taker = outcome.Taker()](absl::StatusOr<v1::LookupResponse> answer) mutable {
        const std::lock_guard lock(mutex);
        std::move(taker)(std::move(answer));
      },
      {});
  {
    const std::lock_guard lock(mutex);
    call.Cancel();
  }
  EXPECT_TRUE(absl::IsCancelled(outcome.Await().status()));
  LetGo();
}

}  // namespace
}  // namespace portreg::internal
