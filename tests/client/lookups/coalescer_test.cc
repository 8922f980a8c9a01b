#include "client/lookups/coalescer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "common/answers/answers.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/service_mock.h"

namespace portreg {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

ClientOptions Coalescing(ClientOptions options) {
  options.coalesce_lookups = true;
  return options;
}

// Provides a client whose lookups share calls, one whose lookups do not, and portregd's
// own server.
class CoalescerTest : public ::testing::Test {
 protected:
  const Registry& registry_ = EmbeddedPublication().Current()->registry;
  std::unique_ptr<server::Server> server_ = StartServer(EmbeddedPublication());
  ClientOptions options_ = OptionsFor(server_->addresses().front());
  std::unique_ptr<Client> client_ = MakeClient(Coalescing(options_));
  std::unique_ptr<Client> plain_ = MakeClient(options_);
};

TEST_F(CoalescerTest, AnswersAreThoseOfSingleLookups) {
  std::vector<v1::LookupRequest> requests;
  for (int port = 0; port <= 65535; ++port) requests.emplace_back().set_port(port);
  for (const ServiceRecord* const record : registry_.records()) {
    if (!record->service.empty()) requests.emplace_back().set_service(std::string(record->service));
  }
  for (size_t i = 0; i < requests.size(); i += 3) {
    requests[i].set_view(v1::RECORD_VIEW_FULL);
    requests[i].set_transport(static_cast<v1::Transport>(i % 5));
  }
  std::vector<Outcome<v1::LookupResponse>> outcomes(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    client_->LookupAsync(requests[i], outcomes[i].Taker());
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    const absl::StatusOr<v1::LookupResponse> expected = Lookup(registry_, requests[i]);
    const absl::StatusOr<v1::LookupResponse> actual = outcomes[i].Await();
    ASSERT_EQ(actual.status().code(), expected.status().code()) << requests[i].DebugString();
    if (expected.ok()) ExpectSame(actual, expected);
  }
}

// Returns requests that are refused, or for which a batch might fail.
std::vector<v1::LookupRequest> OddRequests() {
  std::vector<v1::LookupRequest> requests(12);
  requests[0].set_port(-1);
  requests[1].set_port(65536);
  requests[2].set_service("");
  requests[3].set_service(std::string(65, 's'));
  requests[4].set_service("no-such-service");
  requests[5].set_service("\xFF not UTF-8");
  requests[6].set_service(std::string(300 << 10, 's'));
  requests[7].set_port(80);
  requests[7].set_transport(static_cast<v1::Transport>(99));
  requests[8].set_port(80);
  requests[8].set_view(static_cast<v1::RecordView>(99));
  requests[9].set_transport(v1::TRANSPORT_TCP);
  // The request has a field that this server does not know.
  requests[10].set_port(443);
  requests[10].GetReflection()->MutableUnknownFields(&requests[10])->AddVarint(4000, 7);
  requests[11].set_service(std::string(300, 's'));
  return requests;
}

TEST_F(CoalescerTest, OddRequestsFailAsSingleLookupsDoAndAlone) {
  const std::vector<v1::LookupRequest> odd = OddRequests();
  std::vector<absl::StatusOr<v1::LookupResponse>> expected;
  for (const v1::LookupRequest& request : odd) expected.push_back(plain_->Lookup(request));
  const absl::StatusOr<v1::LookupResponse> https = plain_->LookupPort(443);
  v1::LookupRequest usual;
  usual.set_port(443);

  std::vector<Outcome<v1::LookupResponse>> outcomes(odd.size() * 20);
  std::vector<Outcome<v1::LookupResponse>> others(outcomes.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    client_->LookupAsync(odd[i % odd.size()], outcomes[i].Taker());
    client_->LookupAsync(usual, others[i].Taker());
  }
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const absl::StatusOr<v1::LookupResponse>& single = expected[i % odd.size()];
    const absl::StatusOr<v1::LookupResponse> answer = outcomes[i].Await();
    // Compares payloads too, because they hold reason and field.
    EXPECT_EQ(answer.status(), single.status());
    EXPECT_EQ(ErrorReason(answer.status()), ErrorReason(single.status()));
    if (single.ok()) ExpectSame(answer, single);
    ExpectSame(others[i].Await(), https);
  }
}

TEST_F(CoalescerTest, BlockingAndNotFromManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 100;
  std::array<std::array<Outcome<v1::LookupResponse>, kRounds>, kThreads> outcomes;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        CallOptions call;
        if (t % 4 == 3) call.metadata = {{"x-thread", "three"}};
        v1::LookupRequest request;
        request.set_port(t * kRounds + i);
        const PendingCall pending = client_->LookupAsync(request, outcomes[t][i].Taker(), call);
        if (i % 10 == 9) pending.Cancel();
        if (i % 3 != 0) continue;
        ExpectSame(client_->LookupPort(i, call), Lookup(registry_, [i] {
                     v1::LookupRequest port;
                     port.set_port(i);
                     return port;
                   }()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kRounds; ++i) {
      const absl::StatusOr<v1::LookupResponse> answer = outcomes[t][i].Await();
      if (i % 10 == 9 && absl::IsCancelled(answer.status())) continue;
      v1::LookupRequest request;
      request.set_port(t * kRounds + i);
      ExpectSame(answer, Lookup(registry_, request));
    }
  }
}

TEST_F(CoalescerTest, ServicesAndPortsShareCalls) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        ExpectSame(client_->LookupService("https"), plain_->LookupService("HTTPS"));
        EXPECT_EQ(ErrorReason(client_->LookupService("no-such-service").status()),
                  v1::ERROR_REASON_SERVICE_NOT_FOUND);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CoalescerTest, ManyLookupsMakeFewCalls) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return grpc::Status::OK; };
  service.batch_lookup = [](const v1::BatchLookupRequest& request,
                            v1::BatchLookupResponse& response) {
    for (int i = 0; i < request.requests_size(); ++i) response.add_results()->mutable_response();
    return grpc::Status::OK;
  };
  const FakeServer server(service);
  client_ = MakeClient(Coalescing(OptionsFor(server.target())));
  std::vector<Outcome<v1::LookupResponse>> outcomes(5000);
  for (Outcome<v1::LookupResponse>& outcome : outcomes) client_->LookupAsync({}, outcome.Taker());
  for (const Outcome<v1::LookupResponse>& outcome : outcomes) EXPECT_TRUE(outcome.Await().ok());
  EXPECT_THAT(service.metadata(), SizeIs(Lt(2000)));
}

TEST_F(CoalescerTest, OptionsOutOfBoundsAreRefusedAtOnce) {
  CallOptions bad_name;
  bad_name.metadata = {{"X-Upper", "v"}};
  CallOptions no_time;
  no_time.timeout = absl::ZeroDuration();
  for (const CallOptions& call : {bad_name, no_time}) {
    const absl::Status expected = plain_->LookupPort(80, call).status();
    EXPECT_EQ(client_->LookupPort(80, call).status(), expected);
    Outcome<v1::LookupResponse> outcome;
    client_->LookupAsync({}, outcome.Taker(), call);
    ASSERT_TRUE(outcome.HasCome());
    EXPECT_EQ(outcome.Await().status(), expected);
  }
}

TEST_F(CoalescerTest, CancelledLookupHasTheStatusOfASingleOne) {
  FakeService service;
  service.AnswerAll(std::nullopt);
  const FakeServer server(service);
  const auto status_of_third = [&](const ClientOptions& options) {
    const std::unique_ptr<Client> client = MakeClient(options);
    std::array<Outcome<v1::LookupResponse>, 3> outcomes;
    std::vector<PendingCall> calls;
    for (Outcome<v1::LookupResponse>& outcome : outcomes) {
      calls.push_back(client->LookupAsync({}, outcome.Taker()));
    }
    for (const PendingCall& call : calls) call.Cancel();
    EXPECT_EQ(outcomes[0].Await().status(), outcomes[2].Await().status());
    return outcomes[2].Await().status();
  };
  const ClientOptions options = OptionsFor(server.target());
  EXPECT_EQ(status_of_third(Coalescing(options)), status_of_third(options));
}

TEST_F(CoalescerTest, LookupsOutliveTheClient) {
  for (int i = 0; i < 30; ++i) {
    client_ = MakeClient(Coalescing(options_));
    std::vector<Outcome<v1::LookupResponse>> outcomes(20);
    v1::LookupRequest request;
    request.set_port(443);
    for (Outcome<v1::LookupResponse>& outcome : outcomes) {
      client_->LookupAsync(request, outcome.Taker());
    }
    client_.reset();
    for (const Outcome<v1::LookupResponse>& outcome : outcomes) {
      EXPECT_TRUE(outcome.Await().ok());
    }
  }
}

TEST_F(CoalescerTest, LookupsMayBeCancelledAfterTheClientHasGone) {
  FakeService service;
  service.AnswerAll(std::nullopt);
  const FakeServer server(service);
  client_ = MakeClient(Coalescing(OptionsFor(server.target())));
  std::vector<Outcome<v1::LookupResponse>> outcomes(5);
  std::vector<PendingCall> calls;
  for (Outcome<v1::LookupResponse>& outcome : outcomes) {
    calls.push_back(client_->LookupAsync({}, outcome.Taker()));
  }
  client_.reset();
  for (const PendingCall& call : calls) call.Cancel();
  for (const Outcome<v1::LookupResponse>& outcome : outcomes) {
    EXPECT_TRUE(absl::IsCancelled(outcome.Await().status()));
  }
}

TEST_F(CoalescerTest, ACallbackMayLetTheClientGo) {
  v1::LookupRequest request;
  request.set_port(443);
  for (int which = 0; which < 5; ++which) {
    client_ = MakeClient(Coalescing(options_));
    std::vector<Outcome<v1::LookupResponse>> outcomes(5);
    absl::Notification all_asked;
    for (int i = 0; i < 5; ++i) {
      client_->LookupAsync(request, [&, i, taker = outcomes[i].Taker()](
                                        absl::StatusOr<v1::LookupResponse> answer) mutable {
        if (i == which) {
          EXPECT_TRUE(all_asked.WaitForNotificationWithTimeout(kPatience));
          client_.reset();
        }
        std::move(taker)(std::move(answer));
      });
    }
    all_asked.Notify();
    for (const Outcome<v1::LookupResponse>& outcome : outcomes) {
      EXPECT_TRUE(outcome.Await().ok());
    }
  }
}

TEST_F(CoalescerTest, CancelMayRaceWithTheAnswer) {
  v1::LookupRequest request;
  request.set_port(443);
  for (int i = 0; i < 100; ++i) {
    std::vector<Outcome<v1::LookupResponse>> outcomes(8);
    std::vector<PendingCall> calls;
    for (Outcome<v1::LookupResponse>& outcome : outcomes) {
      calls.push_back(client_->LookupAsync(request, outcome.Taker()));
    }
    std::thread other([&] {
      for (const PendingCall& call : calls) call.Cancel();
    });
    for (const PendingCall& call : calls) call.Cancel();
    other.join();
    for (const Outcome<v1::LookupResponse>& outcome : outcomes) {
      EXPECT_THAT(outcome.Await().status().code(),
                  AnyOf(absl::StatusCode::kOk, absl::StatusCode::kCancelled));
    }
  }
}

TEST_F(CoalescerTest, ClientOfAStubCoalescesToo) {
  const Client client(v1::PortRegistryService::NewStub(
                          grpc::CreateChannel(options_.target, grpc::InsecureChannelCredentials())),
                      Coalescing({}));
  std::vector<Outcome<v1::LookupResponse>> outcomes(100);
  for (int port = 0; port < 100; ++port) {
    v1::LookupRequest request;
    request.set_port(port);
    client.LookupAsync(request, outcomes[port].Taker());
  }
  for (int port = 0; port < 100; ++port) {
    ExpectSame(outcomes[port].Await(), plain_->LookupPort(port));
  }
}

TEST_F(CoalescerTest, StubWithoutAsynchronousCallsIsAskedOneByOne) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  EXPECT_CALL(*stub, Lookup).WillRepeatedly(::testing::Return(grpc::Status::OK));
  const Client client(stub, Coalescing({}));
  EXPECT_TRUE(client.LookupPort(80).ok());
  Outcome<v1::LookupResponse> outcome;
  client.LookupAsync({}, outcome.Taker());
  EXPECT_TRUE(absl::IsUnimplemented(outcome.Await().status()));
}

}  // namespace
}  // namespace portreg
