// Gathers lookups, with a server and a clock that the test simulates.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/lookups/lookup_queue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/answers.h"
#include "tests/client/fake_backend.h"

namespace portreg::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using LookupOutcome = Outcome<v1::LookupResponse>;

constexpr absl::Duration kTimeout = absl::Seconds(2);

CheckedCallOptions Within(absl::Duration timeout) {
  return CheckedCallOptions::Create({}, {timeout, "timeout"}).value();
}

v1::LookupRequest RequestFor(int port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

class LookupQueueConcurrencyTest : public ::testing::Test {
 protected:
  LookupQueueConcurrencyTest() {
    for (LookupOutcome& outcome : first_) LookUp(0, outcome);
    backend_->AwaitCalls(2);
  }
  ~LookupQueueConcurrencyTest() override {
    backend_->EndAll();
    backend_->fake_clock().Settle();
  }

  std::shared_ptr<Cancellable> LookUp(int port, LookupOutcome& outcome,
                                      absl::Duration timeout = kTimeout) {
    return queue_->LookupAsync(RequestFor(port), outcome.Taker(), Within(timeout));
  }

  static void ExpectAnswer(const LookupOutcome& outcome, int port) {
    const absl::StatusOr<v1::LookupResponse> answer = outcome.Await();
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->records(0).first_port(), port);
  }

  const std::shared_ptr<FakeBackend> backend_ = std::make_shared<FakeBackend>();
  const std::shared_ptr<LookupQueue> queue_ = std::make_shared<LookupQueue>(
      std::make_shared<Coalescing>(backend_, CoalescingTerms()), CallMetadata());
  // The lookups that occupy both places.
  std::array<LookupOutcome, 2> first_;
};

TEST_F(LookupQueueConcurrencyTest, GatheredLookupsShareACall) {
  std::array<LookupOutcome, 3> outcomes;
  for (int i = 0; i < 3; ++i) LookUp(i, outcomes[i]);
  backend_->End(0);
  EXPECT_THAT(backend_->AwaitCalls(3)[2], ElementsAre(0, 1, 2));
  backend_->End(2);
  for (int i = 0; i < 3; ++i) ExpectAnswer(outcomes[i], i);
}

TEST_F(LookupQueueConcurrencyTest, WhatHasGatheredForTooLongIsSent) {
  LookupOutcome outcome;
  LookUp(7, outcome);
  backend_->fake_clock().Advance(CoalescingTerms().patience - absl::Milliseconds(1));
  backend_->fake_clock().Settle();
  EXPECT_THAT(backend_->AwaitCalls(2), SizeIs(2));
  backend_->fake_clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(backend_->AwaitCalls(3)[2], ElementsAre(7));
  backend_->End(2);
  ExpectAnswer(outcome, 7);
}

TEST_F(LookupQueueConcurrencyTest, LookupOfABatchEndsAtItsOwnDeadline) {
  std::array<LookupOutcome, 2> outcomes;
  LookUp(1, outcomes[0], absl::Milliseconds(10));
  LookUp(2, outcomes[1], absl::Milliseconds(20));
  backend_->End(0);
  backend_->AwaitCalls(3);
  backend_->fake_clock().Advance(absl::Milliseconds(10));
  EXPECT_EQ(outcomes[0].Await().status(), absl::DeadlineExceededError("10ms"));
  EXPECT_FALSE(backend_->cancelled(2));
  backend_->fake_clock().Advance(absl::Milliseconds(10));
  EXPECT_EQ(outcomes[1].Await().status(), absl::DeadlineExceededError("20ms"));
  backend_->fake_clock().Settle();
  EXPECT_TRUE(backend_->cancelled(2));
}

TEST_F(LookupQueueConcurrencyTest, CallIsCancelledWithTheLastOfItsLookups) {
  std::array<LookupOutcome, 2> outcomes;
  std::vector<std::shared_ptr<Cancellable>> lookups;
  for (LookupOutcome& outcome : outcomes) lookups.push_back(LookUp(1, outcome));
  backend_->End(0);
  backend_->AwaitCalls(3);
  lookups[1]->Cancel();
  EXPECT_FALSE(backend_->cancelled(2));
  lookups[0]->Cancel();
  EXPECT_TRUE(backend_->cancelled(2));
  for (const LookupOutcome& outcome : outcomes) {
    EXPECT_TRUE(absl::IsCancelled(outcome.Await().status()));
  }
}

TEST_F(LookupQueueConcurrencyTest, ServerThatLacksBatchesIsAskedForThemLater) {
  const auto gather_two = [this](size_t open_call) {
    std::array<LookupOutcome, 2> outcomes;
    for (LookupOutcome& outcome : outcomes) LookUp(1, outcome);
    backend_->End(open_call);
    return outcomes;
  };
  gather_two(0);
  EXPECT_THAT(backend_->AwaitCalls(3)[2], SizeIs(2));
  backend_->End(2, {grpc::StatusCode::UNIMPLEMENTED, "no batches"});
  EXPECT_THAT(backend_->AwaitCalls(5)[4], SizeIs(1));
  // Later lookups are not gathered.
  LookupOutcome alone;
  LookUp(3, alone);
  EXPECT_THAT(backend_->AwaitCalls(6)[5], ElementsAre(3));
  backend_->EndAll();
  ExpectAnswer(alone, 3);
  backend_->fake_clock().Settle();
  backend_->fake_clock().Advance(CoalescingTerms().single_period);
  std::array<LookupOutcome, 2> second;
  for (LookupOutcome& outcome : second) LookUp(0, outcome);
  gather_two(6);
  EXPECT_THAT(backend_->AwaitCalls(9)[8], SizeIs(2));
}

TEST_F(LookupQueueConcurrencyTest, EachLookupOfManyThreadsEndsOnce) {
  constexpr int kThreads = 4;
  constexpr int kLookups = 200;
  std::atomic<int> ended{0};
  std::atomic<bool> done{false};
  std::thread server([&] {
    while (!done) {
      backend_->EndAll();
      backend_->fake_clock().Advance(absl::Milliseconds(1));
      backend_->fake_clock().Settle();
    }
  });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::vector<LookupOutcome> outcomes(kLookups);
      for (int i = 0; i < kLookups; ++i) {
        const int port = thread * kLookups + i;
        if (i % 10 == 0) {
          EXPECT_TRUE(queue_->Lookup(RequestFor(port), Within(absl::Hours(1))).ok());
          ++ended;
          continue;
        }
        const std::shared_ptr<Cancellable> lookup =
            LookUp(port, outcomes[i], i % 7 == 0 ? absl::Milliseconds(1) : absl::Hours(1));
        if (i % 3 == 0) lookup->Cancel();
      }
      for (int i = 0; i < kLookups; ++i) {
        if (i % 10 == 0) continue;
        const absl::StatusOr<v1::LookupResponse> answer = outcomes[i].Await();
        ++ended;
        if (answer.ok()) {
          EXPECT_EQ(answer->records(0).first_port(), thread * kLookups + i);
        } else {
          EXPECT_TRUE(i % 3 == 0 || i % 7 == 0) << answer.status();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  server.join();
  EXPECT_EQ(ended, kThreads * kLookups);
}

}  // namespace
}  // namespace portreg::internal
