#include "portreg/async.h"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/every_call.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/service_mock.h"

namespace portreg {
namespace {

using ::testing::AnyOf;
using ::testing::SizeIs;

template <typename Response>
void ExpectSameOutcome(const absl::StatusOr<Response>& actual,
                       const absl::StatusOr<Response>& expected) {
  // The comparison of statuses includes their details.
  EXPECT_EQ(actual.status(), expected.status());
  if (expected.ok()) ExpectSame(actual, expected);
}

// Makes calls to a real server that serves the embedded registry.
class AsyncTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  void ExpectTwins(const std::vector<Request>& requests,
                   absl::StatusOr<Response> (Client::*method)(const Request&, const CallOptions&)
                       const,
                   PendingCall (Client::*twin)(const Request&, Callback<Response>,
                                               const CallOptions&) const) {
    for (const Request& request : requests) {
      SCOPED_TRACE(request.ShortDebugString().substr(0, 200));
      ExpectSameOutcome(Ask(twin, *client_, request), (client_.get()->*method)(request, {}));
    }
  }

  const std::unique_ptr<server::Server> server_ = StartServer(EmbeddedPublication());
  std::unique_ptr<Client> client_ = MakeClient(OptionsFor(server_->addresses().front()));
};

TEST_F(AsyncTest, LookupGivesItsTwinsOutcome) {
  std::vector<v1::LookupRequest> requests(6);
  requests[0].set_port(443);
  requests[1].set_service("HTTPS");
  requests[1].set_view(v1::RECORD_VIEW_FULL);
  requests[2].set_port(70000);
  requests[3].set_service("no-such-service");
  requests[4].set_port(1);
  requests[4].set_transport(static_cast<v1::Transport>(99));
  ExpectTwins(requests, &Client::Lookup, &Client::LookupAsync);
}

TEST_F(AsyncTest, LookupPortGivesItsTwinsOutcome) {
  for (const int32_t port : {443, 70000}) {
    Outcome<v1::LookupResponse> outcome;
    client_->LookupPortAsync(port, outcome.Taker());
    ExpectSameOutcome(outcome.Await(), client_->LookupPort(port));
  }
}

TEST_F(AsyncTest, LookupServiceGivesItsTwinsOutcome) {
  for (const absl::string_view service : {"https", "no-such-service"}) {
    Outcome<v1::LookupResponse> outcome;
    client_->LookupServiceAsync(service, outcome.Taker());
    ExpectSameOutcome(outcome.Await(), client_->LookupService(service));
  }
}

TEST_F(AsyncTest, BatchLookupGivesItsTwinsOutcome) {
  std::vector<v1::BatchLookupRequest> requests(3);
  requests[0].add_requests()->set_port(22);
  requests[0].add_requests()->set_service("no-such-service");
  requests[0].add_requests();
  for (int i = 0; i < 1001; ++i) requests[1].add_requests()->set_port(i);
  ExpectTwins(requests, &Client::BatchLookup, &Client::BatchLookupAsync);
}

TEST_F(AsyncTest, ClassifyGivesItsTwinsOutcome) {
  std::vector<v1::ClassifyRequest> requests(3);
  requests[0].set_port(50000);
  requests[1].set_port(-1);
  ExpectTwins(requests, &Client::Classify, &Client::ClassifyAsync);
}

TEST_F(AsyncTest, CheckGivesItsTwinsOutcome) {
  std::vector<v1::CheckRequest> requests(4);
  requests[0].add_claims()->set_first_port(8080);
  requests[0].add_claims()->set_first_port(8080);
  requests[1].add_claims();
  for (int i = 0; i < 1001; ++i) requests[2].add_claims()->set_first_port(i);
  ExpectTwins(requests, &Client::Check, &Client::CheckAsync);
}

TEST_F(AsyncTest, SuggestGivesItsTwinsOutcome) {
  std::vector<v1::SuggestRequest> requests(3);
  requests[0].set_count(100);
  requests[0].set_key("checkout");
  requests[1].set_within_blocks(true);
  ExpectTwins(requests, &Client::Suggest, &Client::SuggestAsync);
}

TEST_F(AsyncTest, SearchGivesItsTwinsOutcome) {
  std::vector<v1::SearchRequest> requests(4);
  requests[0].set_query("web hosting");
  requests[1].set_query("postgrsql");
  requests[2].set_query("web");
  requests[2].set_max_results(501);
  ExpectTwins(requests, &Client::Search, &Client::SearchAsync);
}

TEST_F(AsyncTest, GetRegistryInfoGivesItsTwinsOutcome) {
  Outcome<v1::GetRegistryInfoResponse> outcome;
  client_->GetRegistryInfoAsync(outcome.Taker());
  ExpectSame(outcome.Await(), client_->GetRegistryInfo());
}

TEST_F(AsyncTest, ManyCallsAtOnceFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 100;
  std::array<std::array<Outcome<v1::LookupResponse>, kCalls>, kThreads> outcomes;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        v1::LookupRequest request;
        request.set_port(t * kCalls + i);
        client_->LookupAsync(request, outcomes[t][i].Taker());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kCalls; ++i) {
      ExpectSame(outcomes[t][i].Await(), client_->LookupPort(t * kCalls + i));
    }
  }
}

// Asks for one port after the other, each from the callback of the one before.
void CountDown(const Client& client, int port, absl::Notification& done) {
  v1::LookupRequest request;
  request.set_port(port);
  client.LookupAsync(request, [&, port](const absl::StatusOr<v1::LookupResponse>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (port == 0) {
      done.Notify();
    } else {
      CountDown(client, port - 1, done);
    }
  });
}

TEST_F(AsyncTest, ACallbackMayMakeTheNextCall) {
  absl::Notification done;
  CountDown(*client_, 100, done);
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kPatience));
}

TEST_F(AsyncTest, ACallbackMayLetTheClientGo) {
  absl::Notification gone;
  v1::LookupRequest request;
  request.set_port(80);
  client_->LookupAsync(request, [this, &gone](const absl::StatusOr<v1::LookupResponse>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    client_.reset();
    gone.Notify();
  });
  ASSERT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
}

TEST_F(AsyncTest, RequestAndOptionsNeedNotOutliveTheCall) {
  Outcome<v1::BatchLookupResponse> outcome;
  {
    v1::BatchLookupRequest request;
    request.add_requests()->set_port(443);
    CallOptions call;
    call.metadata = {{"x-request-id", std::string(100, 'x')}};
    client_->BatchLookupAsync(request, outcome.Taker(), call);
    request.Clear();
    call.metadata[0].second.assign(100, 'y');
  }
  const absl::StatusOr<v1::BatchLookupResponse> answer = outcome.Await();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->results(), SizeIs(1));
}

// Makes calls whose answers are scripted.
class ScriptedAsyncTest : public ::testing::Test {
 protected:
  ScriptedAsyncTest() { service_.AnswerAll(std::nullopt); }

  PendingCall LookUp(Outcome<v1::LookupResponse>& outcome, const CallOptions& call = {}) {
    v1::LookupRequest request;
    request.set_port(80);
    return client_->LookupAsync(request, outcome.Taker(), call);
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_ = MakeClient(options_);
};

TEST_F(ScriptedAsyncTest, EveryCallGivesTheServersError) {
  options_.retry.max_attempts = 1;
  options_.list_timeout = options_.timeout;  // DEADLINE_EXCEEDED names this limit
  client_ = MakeClient(options_);
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status error = ErrorWithReason(static_cast<grpc::StatusCode>(code),
                                               v1::ERROR_REASON_KEY_MISSING, "no key");
    service_.AnswerAll(error);
    const absl::Status expected = client_->LookupPort(80).status();
    EXPECT_EQ(expected.code(), static_cast<absl::StatusCode>(code));
    for (const AnyCall& call : EveryCall()) {
      EXPECT_EQ(call.make(*client_, {}), expected) << call.name;
    }
  }
}

TEST_F(ScriptedAsyncTest, ACallOutlivesItsClient) {
  Outcome<v1::LookupResponse> outcome;
  LookUp(outcome);
  ASSERT_TRUE(service_.WaitForCalls(1));
  client_.reset();
  EXPECT_FALSE(outcome.HasCome());
  service_.FinishOpenCalls(grpc::Status::OK);
  EXPECT_EQ(outcome.Await().status(), absl::OkStatus());
}

TEST_F(ScriptedAsyncTest, ClientThatGoesAtOnceLosesNoOutcome) {
  service_.AnswerAll(grpc::Status::OK);
  for (int i = 0; i < 50; ++i) {
    client_ = MakeClient(options_);
    std::array<Outcome<v1::LookupResponse>, 4> outcomes;
    for (Outcome<v1::LookupResponse>& outcome : outcomes) LookUp(outcome);
    client_.reset();
    for (const Outcome<v1::LookupResponse>& outcome : outcomes) {
      EXPECT_EQ(outcome.Await().status(), absl::OkStatus());
    }
  }
}

TEST_F(ScriptedAsyncTest, CancelledCallIsCancelledAtTheServerToo) {
  Outcome<v1::LookupResponse> outcome;
  const PendingCall call = LookUp(outcome);
  ASSERT_TRUE(service_.WaitForCalls(1));
  EXPECT_FALSE(outcome.HasCome());
  call.Cancel();
  EXPECT_EQ(outcome.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(ScriptedAsyncTest, CallMayBeCancelledBeforeThereIsAConnection) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  client_ = MakeClient(OptionsFor(port.target()));
  for (int i = 0; i < 10; ++i) {
    Outcome<v1::LookupResponse> outcome;
    LookUp(outcome).Cancel();
    EXPECT_EQ(outcome.Await().status().code(), absl::StatusCode::kCancelled);
  }
}

TEST_F(ScriptedAsyncTest, CallThatIsOverCannotBeCancelled) {
  service_.AnswerAll(grpc::Status::OK);
  Outcome<v1::LookupResponse> outcome;
  const PendingCall call = LookUp(outcome);
  EXPECT_EQ(outcome.Await().status(), absl::OkStatus());
  call.Cancel();
  call.Cancel();
  EXPECT_EQ(outcome.Await().status(), absl::OkStatus());
}

TEST_F(ScriptedAsyncTest, CallMayBeCancelledAfterItsClientHasGone) {
  Outcome<v1::LookupResponse> outcome;
  const PendingCall call = LookUp(outcome);
  ASSERT_TRUE(service_.WaitForCalls(1));
  client_.reset();
  call.Cancel();
  EXPECT_EQ(outcome.Await().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ScriptedAsyncTest, CopiesStandForOneCallThatNoneOfThemOwns) {
  Outcome<v1::LookupResponse> first;
  Outcome<v1::LookupResponse> second;
  {
    PendingCall copy = LookUp(first);
    const PendingCall other = LookUp(second);
    ASSERT_TRUE(service_.WaitForCalls(2));
    copy = other;
    copy.Cancel();
  }
  EXPECT_EQ(second.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(first.HasCome());
  service_.FinishOpenCalls(grpc::Status::OK);
  EXPECT_EQ(first.Await().status(), absl::OkStatus());
}

TEST_F(ScriptedAsyncTest, CancelMayRaceWithTheAnswer) {
  service_.AnswerAll(grpc::Status::OK);
  for (int i = 0; i < 200; ++i) {
    Outcome<v1::LookupResponse> outcome;
    const PendingCall call = LookUp(outcome);
    std::thread other([copy = call] { copy.Cancel(); });
    call.Cancel();
    other.join();
    EXPECT_THAT(outcome.Await().status().code(),
                AnyOf(absl::StatusCode::kOk, absl::StatusCode::kCancelled));
  }
}

TEST_F(ScriptedAsyncTest, ACallbackMayCancelItsOwnCallAndOthers) {
  Outcome<v1::LookupResponse> outcome;
  const PendingCall open = LookUp(outcome);
  ASSERT_TRUE(service_.WaitForCalls(1));
  service_.classify = [](const auto&, auto&) { return grpc::Status::OK; };
  absl::Notification stated;
  absl::Notification done;
  std::optional<PendingCall> own;
  own = client_->ClassifyAsync({}, [&](const absl::StatusOr<v1::ClassifyResponse>& answer) {
    EXPECT_EQ(answer.status(), absl::OkStatus());
    ASSERT_TRUE(stated.WaitForNotificationWithTimeout(kPatience));
    own->Cancel();
    open.Cancel();
    done.Notify();
  });
  stated.Notify();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kPatience));
  EXPECT_EQ(outcome.Await().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ScriptedAsyncTest, CancelEndsTheWaitForTheNextTry) {
  service_.AnswerAll(grpc::Status(grpc::StatusCode::UNAVAILABLE, "try again"));
  options_.timeout = absl::Minutes(10);
  options_.retry.initial_backoff = absl::Minutes(5);
  options_.retry.max_backoff = absl::Minutes(5);
  client_ = MakeClient(options_);
  Outcome<v1::LookupResponse> outcome;
  const PendingCall call = LookUp(outcome);
  ASSERT_TRUE(service_.WaitForCalls(1));
  call.Cancel();
  EXPECT_THAT(outcome.Await().status().code(),
              AnyOf(absl::StatusCode::kCancelled, absl::StatusCode::kUnavailable));
  EXPECT_THAT(service_.lookups(), SizeIs(1));
}

TEST_F(ScriptedAsyncTest, CancelledBatchAsksForNoFurtherPart) {
  // The whole batch is too large, and its first half is never answered.
  service_.batch_lookup = [](const v1::BatchLookupRequest& request,
                             auto&) -> std::optional<grpc::Status> {
    if (request.requests_size() == 2) return std::nullopt;
    return ReplyTooLarge();
  };
  v1::BatchLookupRequest request;
  for (int port = 0; port < 4; ++port) request.add_requests()->set_port(port);
  Outcome<v1::BatchLookupResponse> outcome;
  const PendingCall call = client_->BatchLookupAsync(request, outcome.Taker());
  ASSERT_TRUE(service_.WaitForCalls(2));
  client_.reset();
  call.Cancel();
  EXPECT_EQ(outcome.Await().status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(service_.batches(), SizeIs(2));
}

TEST_F(ScriptedAsyncTest, BatchMayBeCancelledBetweenItsParts) {
  service_.batch_lookup = AnswerOneByOne;
  for (int i = 0; i < 100; ++i) {
    // Uses other ports than the batch before, whose last call may come late.
    const int first_port = 64 * i;
    v1::BatchLookupRequest request;
    for (int port = first_port; port < first_port + 64; ++port)
      request.add_requests()->set_port(port);
    const auto calls = [this, first_port] {
      return absl::c_count_if(service_.batches(), [first_port](const auto& batch) {
        return batch.requests(0).port() / 64 == first_port / 64;
      });
    };
    const size_t before = service_.batches().size();
    Outcome<v1::BatchLookupResponse> outcome;
    const PendingCall call = client_->BatchLookupAsync(request, outcome.Taker());
    // Cancels at some point of the batch's 127 calls.
    ASSERT_TRUE(service_.WaitForCalls(before + 1 + i / 2));
    call.Cancel();
    const auto at_cancel = calls();
    EXPECT_THAT(outcome.Await().status().code(),
                AnyOf(absl::StatusCode::kOk, absl::StatusCode::kCancelled));
    // One further call may be on its way.
    EXPECT_LE(calls(), at_cancel + 1);
  }
}

TEST(AsyncMockTest, StubWithoutAsynchronousCallsIsUnimplemented) {
  const Client client(std::make_shared<v1::MockPortRegistryServiceStub>());
  for (const AnyCall& call : EveryCall()) {
    if (!absl::EndsWith(call.name, "Async")) continue;
    EXPECT_EQ(call.make(client, {}).code(), absl::StatusCode::kUnimplemented) << call.name;
  }
}

TEST(AsyncMockTest, CallbackMayHoldWhatCannotBeCopied) {
  const Client client(std::make_shared<v1::MockPortRegistryServiceStub>());
  auto owned = std::make_unique<int>(7);
  int seen = 0;
  client.ClassifyAsync({}, [owned = std::move(owned), &seen](const auto&) { seen = *owned; });
  EXPECT_EQ(seen, 7);
}

}  // namespace
}  // namespace portreg
