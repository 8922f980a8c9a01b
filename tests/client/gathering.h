// Tests how a Coalescer gathers lookups into batches, against a FakeService.
#ifndef PORTREG_TESTS_CLIENT_GATHERING_H_
#define PORTREG_TESTS_CLIENT_GATHERING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/connections/channel.h"
#include "client/connections/connection.h"
#include "client/lookups/coalescer.h"
#include "client/lookups/lookup_queue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"

namespace portreg::internal {

using LookupOutcome = Outcome<v1::LookupResponse>;

inline v1::LookupRequest RequestFor(int32_t port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

// Tests a Coalescer with at most two calls in flight. Further lookups are gathered without
// a time limit. The service answers with one record that has the port of the request.
class GatheringTest : public ::testing::Test {
 protected:
  GatheringTest() {
    terms_.calls = 2;
    terms_.patience = absl::InfiniteDuration();
    service_.lookup = [this](const v1::LookupRequest& request, v1::LookupResponse& response) {
      response = AnswerTo(request);
      response.set_revision("revision");
      return End();
    };
    service_.batch_lookup = [this](const v1::BatchLookupRequest& request,
                                   v1::BatchLookupResponse& response) {
      for (const v1::LookupRequest& each : request.requests()) {
        *response.add_results()->mutable_response() = AnswerTo(each);
      }
      response.set_revision("revision");
      return End();
    };
  }

  static v1::LookupResponse AnswerTo(const v1::LookupRequest& request) {
    v1::LookupResponse response;
    v1::PortRecord& record = *response.add_records();
    record.set_service(request.service());
    record.set_first_port(request.port());
    record.set_last_port(request.port());
    return response;
  }

  // Returns the status that ends a call; nullopt while calls are held open.
  [[nodiscard]] std::optional<grpc::Status> End() const {
    if (holds_) return std::nullopt;
    return grpc::Status::OK;
  }

  Coalescer& coalescer() {
    if (coalescer_ == nullptr) {
      std::shared_ptr<grpc::Channel> channel =
          MakeChannel(options_, grpc::InsecureChannelCredentials());
      coalescer_ = std::make_unique<Coalescer>(
          std::make_shared<const Connection>(std::move(channel), options_), terms_);
    }
    return *coalescer_;
  }

  PendingCall LookUp(int32_t port, LookupOutcome& outcome, const CallOptions& call = {}) {
    return coalescer().LookupAsync(RequestFor(port), outcome.Taker(), call);
  }

  // Creates a new coalescer and holds two of its calls open, so that further lookups are
  // gathered.
  void TakeBothPlaces() {
    const size_t before = service_.metadata().size();
    coalescer_ = nullptr;
    first_ = std::vector<LookupOutcome>(2);
    holds_ = true;
    for (LookupOutcome& outcome : first_) LookUp(1, outcome);
    ASSERT_TRUE(service_.WaitForCalls(before + 2));
  }

  // Answers the open calls. Later calls are answered immediately.
  void LetGo() {
    holds_ = false;
    service_.FinishOpenCalls(grpc::Status::OK);
  }

  static void ExpectAnswer(const LookupOutcome& outcome, int32_t port) {
    const absl::StatusOr<v1::LookupResponse> answer = outcome.Await();
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_THAT(answer->records(), ::testing::SizeIs(1));
    EXPECT_EQ(answer->records(0).first_port(), port);
    EXPECT_EQ(answer->revision(), "revision");
  }

  // Looks up ports 0 to `outcomes.size()` - 1 while two calls are held open, then answers
  // them all.
  void LookUpTogether(std::vector<LookupOutcome>& outcomes, const CallOptions& call = {}) {
    TakeBothPlaces();
    for (size_t i = 0; i < outcomes.size(); ++i) {
      LookUp(static_cast<int32_t>(i), outcomes[i], call);
    }
    LetGo();
  }

  // Returns the number of lookups in each batch.
  [[nodiscard]] std::vector<int> BatchSizes() const {
    std::vector<int> sizes;
    for (const v1::BatchLookupRequest& batch : service_.batches()) {
      sizes.push_back(batch.requests_size());
    }
    return sizes;
  }

  std::atomic<bool> holds_{false};
  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  CoalescingTerms terms_;
  std::vector<LookupOutcome> first_{2};
  std::unique_ptr<Coalescer> coalescer_;
};

}  // namespace portreg::internal

#endif  // PORTREG_TESTS_CLIENT_GATHERING_H_
