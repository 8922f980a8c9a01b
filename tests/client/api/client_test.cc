#include "portreg/client.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/error.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/service_mock.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::_;
using ::testing::DoAll;
using ::testing::HasSubstr;
using ::testing::Return;
using ::testing::SetArgPointee;

constexpr int32_t kUnknownEnumValue = 99;

// Provides a client of a real server that serves the embedded registry.
class ClientTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = StartServer(EmbeddedPublication()).release(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static const Registry& registry() { return EmbeddedPublication().Current()->registry; }
  static std::string target() { return server_->addresses().front(); }

  const std::unique_ptr<Client> client_ = MakeClient(OptionsFor(target()));

 private:
  static server::Server* server_;
};

server::Server* ClientTest::server_ = nullptr;

TEST_F(ClientTest, LookupAnswersAsTheServerDoes) {
  v1::LookupRequest by_port;
  by_port.set_port(443);
  by_port.set_transport(v1::TRANSPORT_UDP);
  by_port.set_view(v1::RECORD_VIEW_FULL);
  v1::LookupRequest by_name;
  by_name.set_service("HTTPS");
  for (const v1::LookupRequest& request : {by_port, by_name}) {
    ExpectSame(client_->Lookup(request), Lookup(registry(), request));
  }
}

TEST_F(ClientTest, LookupPortAsksForThePortOnEveryTransport) {
  const absl::StatusOr<v1::LookupResponse> answer = client_->LookupPort(443);
  v1::LookupRequest request;
  request.set_port(443);
  ExpectSame(answer, Lookup(registry(), request));
  EXPECT_EQ(answer->states_size(), 4);
  EXPECT_GT(answer->records_size(), 1);
}

TEST_F(ClientTest, LookupPortTakesPortsAtTheBounds) {
  for (const int32_t port : {0, 1023, 1024, 49151, 49152, 65535}) {
    EXPECT_TRUE(client_->LookupPort(port).ok()) << port;
  }
  for (const int32_t port : {-1, 65536}) {
    const absl::Status status = client_->LookupPort(port).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << port;
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("port ", port)));
    EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_PORT_OUT_OF_RANGE);
  }
}

TEST_F(ClientTest, LookupServiceAsksForTheName) {
  v1::LookupRequest request;
  request.set_service("postgresql");
  ExpectSame(client_->LookupService("postgresql"), Lookup(registry(), request));
}

TEST_F(ClientTest, LookupServiceOfAnUnknownNameIsNotFound) {
  const absl::Status status = client_->LookupService("no-such-service").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(status), HasSubstr("no-such-service"));
  EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_SERVICE_NOT_FOUND);
}

TEST_F(ClientTest, BatchLookupAnswersAsTheServerDoes) {
  v1::BatchLookupRequest request;
  request.add_requests()->set_port(22);
  request.add_requests()->set_service("no-such-service");
  request.add_requests()->set_port(70000);
  request.add_requests()->set_service("ssh");
  const absl::StatusOr<v1::BatchLookupResponse> answer = client_->BatchLookup(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), request.requests_size());
  for (int i = 0; i < request.requests_size(); ++i) {
    EXPECT_EQ(answer->results(i).DebugString(),
              LookupResultOf(registry(), request.requests(i)).DebugString());
  }
}

TEST_F(ClientTest, ClassifyAnswersAsTheServerDoes) {
  v1::ClassifyRequest request;
  request.set_port(50000);
  request.set_transport(v1::TRANSPORT_TCP);
  ExpectSame(client_->Classify(request), Classify(registry(), request));
}

TEST_F(ClientTest, CheckAnswersAsTheServerDoes) {
  v1::CheckRequest request;
  v1::Claim& range = *request.add_claims();
  range.set_first_port(8080);
  range.set_last_port(8090);
  range.add_transports(v1::TRANSPORT_TCP);
  range.set_service("Bad_Name");
  v1::Claim& port = *request.add_claims();
  port.set_first_port(8085);
  port.set_owner("pay");
  const absl::StatusOr<v1::CheckResponse> answer = client_->Check(request);
  ExpectSame(answer, Check(registry(), request, Today()));
  ASSERT_EQ(answer->results_size(), 2);
  EXPECT_EQ(answer->results(1).findings(0).kind(), v1::ADVISORY_KIND_CLAIMS_COLLIDE);
  ExpectSame(client_->Check({}), Check(registry(), {}, Today()));
}

TEST_F(ClientTest, CheckTakesAThousandClaims) {
  v1::CheckRequest request;
  for (int i = 0; i < 1'000; ++i) request.add_claims()->set_first_port(60 * i);
  EXPECT_EQ(client_->Check(request)->results_size(), 1'000);
}

TEST_F(ClientTest, SuggestAnswersAsTheServerDoes) {
  v1::SuggestRequest request;
  ExpectSame(client_->Suggest(request), Suggest(registry(), request, Today()));
  request.set_first_port(5'000);
  request.set_last_port(9'000);
  request.set_count(5);
  request.set_adjacent(true);
  request.set_key("checkout");
  const absl::StatusOr<v1::SuggestResponse> answer = client_->Suggest(request);
  ExpectSame(answer, Suggest(registry(), request, Today()));
  EXPECT_EQ(answer->ports_size(), 5);
}

TEST_F(ClientTest, SearchAnswersAsTheServerDoes) {
  v1::SearchRequest found;
  found.set_query("web hosting");
  found.set_view(v1::RECORD_VIEW_FULL);
  found.set_max_results(5);
  v1::SearchRequest misspelt;
  misspelt.set_query("postgrsql");
  for (const v1::SearchRequest& request : {found, misspelt}) {
    ExpectSame(client_->Search(request),
               Search(*EmbeddedPublication().Current()->search_index, request));
  }
}

TEST_F(ClientTest, GetRegistryInfoAnswersAsTheServerDoes) {
  ExpectSame(client_->GetRegistryInfo(), GetRegistryInfo(registry(), {}));
}

TEST_F(ClientTest, ErrorsKeepCodeMessageAndReason) {
  std::vector<v1::LookupRequest> requests(5);
  requests[1].set_port(65536);
  requests[2].set_service(std::string(65, 'x'));
  requests[3].set_service("");
  requests[4].set_port(1);
  requests[4].set_transport(static_cast<v1::Transport>(kUnknownEnumValue));
  const std::vector<v1::ErrorReason> reasons = {
      v1::ERROR_REASON_KEY_MISSING, v1::ERROR_REASON_PORT_OUT_OF_RANGE,
      v1::ERROR_REASON_SERVICE_TOO_LONG, v1::ERROR_REASON_SERVICE_EMPTY,
      v1::ERROR_REASON_TRANSPORT_UNKNOWN};
  for (size_t i = 0; i < requests.size(); ++i) {
    const absl::Status status = client_->Lookup(requests[i]).status();
    const absl::Status expected = Lookup(registry(), requests[i]).status();
    EXPECT_EQ(status.code(), expected.code());
    EXPECT_EQ(Message(status), expected.message());
    EXPECT_EQ(ErrorReason(status), reasons[i]);
  }
}

TEST_F(ClientTest, ErrorsOfEveryCallCarryTheirReason) {
  EXPECT_EQ(ErrorReason(client_->Classify({}).status()), v1::ERROR_REASON_PORT_MISSING);
  EXPECT_EQ(ErrorReason(client_->Search({}).status()), v1::ERROR_REASON_QUERY_EMPTY);
  v1::CheckRequest check;
  check.add_claims();
  EXPECT_EQ(ErrorReason(client_->Check(check).status()), v1::ERROR_REASON_PORT_MISSING);
  v1::SuggestRequest suggest;
  suggest.set_count(101);
  EXPECT_EQ(ErrorReason(client_->Suggest(suggest).status()), v1::ERROR_REASON_COUNT_OUT_OF_RANGE);
  v1::BatchLookupRequest batch;
  for (int i = 0; i < 1001; ++i) batch.add_requests()->set_port(i);
  EXPECT_EQ(ErrorReason(client_->BatchLookup(batch).status()), v1::ERROR_REASON_BATCH_TOO_LARGE);
}

TEST_F(ClientTest, ThreadsMayShareAClient) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 50;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const int32_t port = t * kCalls + i;
        v1::LookupRequest request;
        request.set_port(port);
        const absl::StatusOr<v1::LookupResponse> answer = client_->LookupPort(port);
        if (answer.ok() && MessageDifferencer::Equals(*answer, *Lookup(registry(), request))) {
          ++right;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kCalls);
}

TEST_F(ClientTest, CreateRefusesOptionsOutOfBounds) {
  ClientOptions options = OptionsFor(target());
  options.timeout = absl::ZeroDuration();
  const absl::Status status = Client::Create(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status, options.Validate());
}

TEST_F(ClientTest, CreateDoesNotConnect) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  EXPECT_TRUE(Client::Create(OptionsFor(port.target())).ok());
}

TEST_F(ClientTest, InfiniteTimeoutIsADeadlineToo) {
  ClientOptions options = OptionsFor(target());
  options.timeout = absl::InfiniteDuration();
  EXPECT_TRUE(MakeClient(options)->LookupPort(80).ok());
}

TEST_F(ClientTest, UnixSocketIsATarget) {
  const TempDirectory directory;
  const std::string address = absl::StrCat("unix:", directory.PathOf("portreg.sock"));
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication(), address);
  EXPECT_TRUE(MakeClient(OptionsFor(address))->LookupPort(80).ok());
}

TEST_F(ClientTest, RestartedServerIsFoundAgain) {
  // Does not use 127.0.0.1, where another program's connection could occupy the port
  // while it is free.
  std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication(), "127.0.0.23:0");
  const std::string address = server->addresses().front();
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(address));
  ASSERT_TRUE(client->LookupPort(80).ok());

  server->Shutdown(absl::ZeroDuration());
  server.reset();
  EXPECT_EQ(client->LookupPort(80).status().code(), absl::StatusCode::kUnavailable);

  server = StartServer(EmbeddedPublication(), address);
  CallUntil([&] { return client->LookupPort(80).ok(); });
}

TEST_F(ClientTest, NewRevisionIsSeenByTheNextCall) {
  server::Publication publication(MakeRegistry({.iana = "one,1,tcp,\n"}));
  const std::unique_ptr<server::Server> server = StartServer(publication);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  const absl::StatusOr<v1::LookupResponse> before = client->LookupPort(1);
  publication.Publish(MakeRegistry({.iana = "two,1,tcp,\n"}));
  const absl::StatusOr<v1::LookupResponse> after = client->LookupPort(1);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(after->records(0).service(), "two");
  EXPECT_NE(before->revision(), after->revision());
}

TEST_F(ClientTest, TakesAnExistingChannel) {
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel(target(), grpc::InsecureChannelCredentials());
  for (int i = 0; i < 2; ++i) {
    const std::unique_ptr<Client> client = Client::CreateWithChannel(channel).value();
    ExpectSame(client->LookupPort(443), client_->LookupPort(443));
  }
  EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);
}

TEST_F(ClientTest, TakesOwnCredentials) {
  const std::unique_ptr<Client> client =
      Client::Create(OptionsFor(target()), grpc::InsecureChannelCredentials()).value();
  ExpectSame(client->LookupPort(443), client_->LookupPort(443));
}

TEST_F(ClientTest, GivesNoAdviceAboutTlsWithOwnCredentials) {
  ClientOptions options = OptionsFor(target());
  const std::unique_ptr<Client> client =
      Client::Create(options, grpc::SslCredentials(grpc::SslCredentialsOptions())).value();
  const absl::Status status = client->LookupPort(443).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(Message(status), ::testing::Not(HasSubstr("ClientOptions")));
}

TEST(ClientCreateTest, RefusesWhatCannotBeUsedWithOwnCredentialsOrChannel) {
  const std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  const std::shared_ptr<grpc::Channel> channel = grpc::CreateChannel("localhost:1", credentials);
  EXPECT_EQ(Client::Create({}, nullptr).status(),
            absl::InvalidArgumentError("the credentials must not be null"));
  EXPECT_EQ(Client::CreateWithChannel(nullptr).status(),
            absl::InvalidArgumentError("the channel must not be null"));
  ClientOptions with_tls;
  with_tls.tls.emplace();
  ClientOptions out_of_bounds;
  out_of_bounds.timeout = absl::ZeroDuration();
  for (const ClientOptions& options : {with_tls, out_of_bounds}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Client::Create(options, credentials).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(Client::CreateWithChannel(channel, options).status()));
  }
}

TEST(ClientMockTest, UnaryCallGoesToTheMock) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  v1::LookupResponse canned;
  v1::PortRecord& record = *canned.add_records();
  record.set_service("https");
  record.set_first_port(443);
  record.set_last_port(443);
  EXPECT_CALL(*stub, Lookup(_, ::testing::Property(&v1::LookupRequest::port, 443), _))
      .WillOnce(DoAll(SetArgPointee<2>(canned), Return(grpc::Status::OK)));
  const Client client(stub);
  const absl::StatusOr<v1::LookupResponse> answer = client.LookupPort(443);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->records(0).service(), "https");
}

TEST(ClientMockTest, FailureOfTheMockIsTheCallsFailure) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  EXPECT_CALL(*stub, Classify).WillOnce(Return(grpc::Status(grpc::StatusCode::INTERNAL, "broken")));
  EXPECT_EQ(Client(stub).Classify({}).status(), absl::InternalError("broken"));
}

}  // namespace
}  // namespace portreg
