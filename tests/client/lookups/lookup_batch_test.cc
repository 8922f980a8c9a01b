#include "client/lookups/lookup_batch.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/gathering.h"
#include "tests/common/test_status.h"

namespace portreg::internal {
namespace {

using ::testing::Gt;
using ::testing::SizeIs;

// Tests the lookups of a batch whose call fails.
using LookupBatchTest = GatheringTest;

// Fails a call that asks for `port`, in a batch or not.
template <typename Service>
void RefusePort(Service& service, int port, grpc::StatusCode code) {
  service.lookup = [port, code, answer = service.lookup](
                       const v1::LookupRequest& request,
                       v1::LookupResponse& response) -> std::optional<grpc::Status> {
    if (request.port() == port) return grpc::Status(code, "this lookup");
    return answer(request, response);
  };
  service.batch_lookup = [port, code, answer = service.batch_lookup](
                             const v1::BatchLookupRequest& batch,
                             v1::BatchLookupResponse& response) -> std::optional<grpc::Status> {
    for (const v1::LookupRequest& request : batch.requests()) {
      if (request.port() != port) continue;
      // RESOURCE_EXHAUSTED concerns a single lookup only if its reply is too large.
      const bool too_large = code == grpc::StatusCode::RESOURCE_EXHAUSTED;
      return too_large ? ReplyTooLarge() : grpc::Status(code, "the batch");
    }
    return answer(batch, response);
  };
}

TEST_F(LookupBatchTest, FailureThatMayBeOnesOwnIsOnlyIts) {
  struct Row {
    int port;
    grpc::StatusCode code;
  };
  const std::vector<Row> table = {
      {100, grpc::StatusCode::INVALID_ARGUMENT},
      {133, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {162, grpc::StatusCode::INTERNAL},
      {199, grpc::StatusCode::UNKNOWN},
  };
  const auto lookup = service_.lookup;
  const auto batch_lookup = service_.batch_lookup;
  for (const Row& row : table) {
    SCOPED_TRACE(row.port);
    service_.lookup = lookup;
    service_.batch_lookup = batch_lookup;
    RefusePort(service_, row.port, row.code);
    const size_t before = service_.metadata().size();
    TakeBothPlaces();
    std::vector<LookupOutcome> outcomes(100);
    for (int port = 0; port < 100; ++port) LookUp(100 + port, outcomes[port]);
    LetGo();
    for (int port = 0; port < 100; ++port) {
      if (100 + port == row.port) {
        EXPECT_EQ(outcomes[port].Await().status(),
                  absl::Status(static_cast<absl::StatusCode>(row.code), "this lookup"));
      } else {
        ExpectAnswer(outcomes[port], 100 + port);
      }
    }
    // The batch is halved repeatedly: two calls for each of 100, 50, 25, 13, 7, 4, 2.
    EXPECT_LE(service_.metadata().size(), before + 2 + 1 + 2 * 7);
  }
}

TEST_F(LookupBatchTest, BusyServerGetsNoFurtherCalls) {
  for (const v1::ErrorReason reason :
       {v1::ERROR_REASON_SERVER_BUSY, v1::ERROR_REASON_UNSPECIFIED}) {
    service_.batch_lookup = [reason](const auto&, auto&) {
      return ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, reason, "busy");
    };
    const size_t before = service_.metadata().size();
    TakeBothPlaces();
    std::vector<LookupOutcome> outcomes(100);
    for (int port = 0; port < 100; ++port) LookUp(100 + port, outcomes[port]);
    LetGo();
    for (const LookupOutcome& outcome : outcomes) {
      const absl::Status status = outcome.Await().status();
      EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
      EXPECT_EQ(Message(status), "busy");
    }
    EXPECT_EQ(service_.metadata().size(), before + 2 + 1);
  }
}

TEST_F(LookupBatchTest, EachThatIsRefusedHasItsOwnFailure) {
  service_.lookup = [](const v1::LookupRequest& request, auto&) -> std::optional<grpc::Status> {
    if (request.port() == 1) return std::nullopt;
    return ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_KEY_MISSING,
                           absl::StrCat("number ", request.port()));
  };
  service_.batch_lookup = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the batch");
  };
  for (LookupOutcome& outcome : first_) LookUp(1, outcome);
  ASSERT_TRUE(service_.WaitForCalls(2));
  std::vector<LookupOutcome> outcomes(40);
  for (int i = 0; i < 40; ++i) LookUp(100 + i, outcomes[i]);
  service_.FinishOpenCalls(grpc::Status::OK);
  for (int i = 0; i < 40; ++i) {
    const absl::Status status = outcomes[i].Await().status();
    EXPECT_EQ(status.message(), absl::StrCat("number ", 100 + i));
    EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_KEY_MISSING);
  }
}

TEST_F(LookupBatchTest, OtherFailuresAreEveryones) {
  options_.retry.max_attempts = 1;
  for (const int code : {1, 4, 5, 6, 7, 9, 10, 11, 14, 15, 16}) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    service_.batch_lookup = [grpc_code](const auto&, auto&) {
      return ErrorWithReason(grpc_code, v1::ERROR_REASON_UNSPECIFIED, "the batch");
    };
    const size_t before = service_.metadata().size();
    TakeBothPlaces();
    std::vector<LookupOutcome> outcomes(5);
    for (LookupOutcome& outcome : outcomes) LookUp(2, outcome);
    LetGo();
    for (const LookupOutcome& outcome : outcomes) {
      const absl::Status status = outcome.Await().status();
      EXPECT_EQ(status.code(), static_cast<absl::StatusCode>(code));
      EXPECT_EQ(status.message(), code == 4 ? "no answer within 20s" : "the batch");
      EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_UNSPECIFIED);
    }
    EXPECT_THAT(service_.metadata(), SizeIs(before + 3));
  }
}

TEST_F(LookupBatchTest, UnavailableIsTriedAgain) {
  int tries = 0;
  service_.batch_lookup = [&tries, answer = service_.batch_lookup](
                              const auto& request, auto& response) -> std::optional<grpc::Status> {
    if (++tries < 3) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "try again");
    return answer(request, response);
  };
  std::vector<LookupOutcome> outcomes(5);
  LookUpTogether(outcomes);
  for (int port = 0; port < 5; ++port) ExpectAnswer(outcomes[port], port);
  EXPECT_EQ(tries, 3);
}

TEST_F(LookupBatchTest, ServerWithoutBatchesIsAskedOneByOne) {
  service_.batch_lookup = nullptr;
  std::vector<LookupOutcome> outcomes(30);
  LookUpTogether(outcomes);
  for (int port = 0; port < 30; ++port) ExpectAnswer(outcomes[port], port);
  EXPECT_THAT(service_.batches(), SizeIs(1));
  EXPECT_THAT(service_.lookups(), SizeIs(2 + 30));

  // From then on no lookup waits, whatever its metadata.
  holds_ = true;
  std::vector<LookupOutcome> further(10);
  for (int port = 0; port < 10; ++port) {
    CallOptions call;
    if (port % 2 == 0) call.metadata = {{"x-tag", "even"}};
    LookUp(port, further[port], call);
  }
  ASSERT_TRUE(service_.WaitForCalls(1 + 2 + 30 + 10));
  LetGo();
  for (int port = 0; port < 10; ++port) ExpectAnswer(further[port], port);
  EXPECT_TRUE(coalescer().Lookup(RequestFor(1), {}).ok());
  EXPECT_THAT(service_.batches(), SizeIs(1));
}

TEST_F(LookupBatchTest, ServerWithoutBatchesMayHaveThemLater) {
  terms_.single_period = absl::ZeroDuration();
  std::atomic<bool> upgraded{false};
  service_.batch_lookup = [&upgraded, answer = service_.batch_lookup](
                              const auto& request, auto& response) -> std::optional<grpc::Status> {
    if (!upgraded) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such method");
    return answer(request, response);
  };
  std::vector<LookupOutcome> outcomes(5);
  LookUpTogether(outcomes);
  for (int port = 0; port < 5; ++port) ExpectAnswer(outcomes[port], port);
  EXPECT_THAT(service_.lookups(), SizeIs(2 + 5));

  upgraded = true;
  const size_t before = service_.metadata().size();
  std::vector<LookupOutcome> later(50);
  holds_ = true;
  for (int port = 0; port < 50; ++port) LookUp(port, later[port]);
  ASSERT_TRUE(service_.WaitForCalls(before + 1));
  LetGo();
  for (int port = 0; port < 50; ++port) ExpectAnswer(later[port], port);
  EXPECT_THAT(service_.batches(), SizeIs(Gt(1)));
}

TEST_F(LookupBatchTest, CancelledWhileAskedOneByOne) {
  service_.batch_lookup = nullptr;
  TakeBothPlaces();
  std::array<LookupOutcome, 2> outcomes;
  const PendingCall call = LookUp(1, outcomes[0]);
  LookUp(2, outcomes[1]);
  service_.FinishOpenCalls(grpc::Status::OK);
  ASSERT_TRUE(service_.WaitForCalls(2 + 1 + 2));
  call.Cancel();
  EXPECT_TRUE(absl::IsCancelled(outcomes[0].Await().status()));
  EXPECT_TRUE(service_.WaitForCancellation());
  LetGo();
  ExpectAnswer(outcomes[1], 2);
}

// The reply may be broken by the answer to one lookup.
TEST_F(LookupBatchTest, LookupsOfABrokenReplyAreAskedForByThemselves) {
  for (const int count : {0, 4, 5, 6}) {
    service_.batch_lookup = [count](const auto&, v1::BatchLookupResponse& response) {
      for (int i = 0; i < count; ++i) response.add_results();
      return grpc::Status::OK;
    };
    TakeBothPlaces();
    std::vector<LookupOutcome> outcomes(5);
    for (int i = 0; i < 5; ++i) LookUp(100 + i, outcomes[i]);
    LetGo();
    for (int i = 0; i < 5; ++i) ExpectAnswer(outcomes[i], 100 + i);
  }
}

}  // namespace
}  // namespace portreg::internal
