#include "portreg/client.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/error.h"
#include "portreg/v1/port_registry_service_mock.grpc.pb.h"
#include "server/handlers.h"
#include "server/server.h"
#include "tests/client/fake_server.h"
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
using ::testing::StartsWith;

constexpr int32_t kUnknownEnumValue = 99;

// Calls until `done` is true; fails the test after 20 s.
template <typename Done>
void CallUntil(Done done) {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!done()) {
    if (absl::Now() > end) {
      ADD_FAILURE() << "not within 20 s";
      return;
    }
  }
}

template <typename Answer>
void ExpectSame(const absl::StatusOr<Answer>& actual, const absl::StatusOr<Answer>& expected) {
  ASSERT_TRUE(actual.ok()) << actual.status();
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*actual, *expected))
      << actual->ShortDebugString() << "\n!=\n"
      << expected->ShortDebugString();
}

std::unique_ptr<Server> StartServer(const Publication& publication,
                                    const std::string& address = "127.0.0.1:0") {
  ServerOptions options;
  options.listen = {address};
  return Server::Start(options, publication).value();
}

// A client of a real server that serves the embedded registry.
class ClientTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = StartServer(EmbeddedPublication()).release(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static const Registry& registry() {
    static const auto* const current =
        new std::shared_ptr<const Registry>(EmbeddedPublication().Current());
    return **current;
  }
  static std::string target() { return server_->addresses().front(); }

  const std::unique_ptr<Client> client_ = MakeClient(OptionsFor(target()));

 private:
  static Server* server_;
};

Server* ClientTest::server_ = nullptr;

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
    EXPECT_EQ(ErrorReason(status), "PORT_OUT_OF_RANGE");
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
  EXPECT_EQ(ErrorReason(status), "SERVICE_NOT_FOUND");
}

TEST_F(ClientTest, BatchLookupAnswersAsTheServerDoes) {
  v1::BatchLookupRequest request;
  request.add_requests()->set_port(22);
  request.add_requests()->set_service("no-such-service");
  request.add_requests()->set_port(70000);
  request.add_requests()->set_service("ssh");
  const absl::StatusOr<v1::BatchLookupResponse> answer = client_->BatchLookup(request);
  ExpectSame(answer, BatchLookup(registry(), request));
  EXPECT_EQ(answer->results_size(), 4);
}

TEST_F(ClientTest, ClassifyAnswersAsTheServerDoes) {
  v1::ClassifyRequest request;
  request.set_port(50000);
  request.set_transport(v1::TRANSPORT_TCP);
  ExpectSame(client_->Classify(request), Classify(registry(), request));
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
  const std::vector<std::string> reasons = {"KEY_MISSING", "PORT_OUT_OF_RANGE", "SERVICE_TOO_LONG",
                                            "SERVICE_EMPTY", "TRANSPORT_UNKNOWN"};
  for (size_t i = 0; i < requests.size(); ++i) {
    const absl::Status status = client_->Lookup(requests[i]).status();
    const absl::Status expected = Lookup(registry(), requests[i]).status();
    EXPECT_EQ(status.code(), expected.code());
    EXPECT_EQ(Message(status), expected.message());
    EXPECT_EQ(ErrorReason(status), reasons[i]);
  }
}

TEST_F(ClientTest, ErrorsOfEveryCallCarryTheirReason) {
  EXPECT_EQ(ErrorReason(client_->Classify({}).status()), "PORT_MISSING");
  v1::BatchLookupRequest batch;
  for (int i = 0; i < 1001; ++i) batch.add_requests()->set_port(i);
  EXPECT_EQ(ErrorReason(client_->BatchLookup(batch).status()), "BATCH_TOO_LARGE");
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
  const std::unique_ptr<Server> server = StartServer(EmbeddedPublication(), address);
  EXPECT_TRUE(MakeClient(OptionsFor(address))->LookupPort(80).ok());
}

TEST_F(ClientTest, RestartedServerIsFoundAgain) {
  // Not 127.0.0.1, where another program's connection could take the port
  // while it is free.
  std::unique_ptr<Server> server = StartServer(EmbeddedPublication(), "127.0.0.23:0");
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
  Publication publication(MakeRegistry({.iana = "one,1,tcp,\n"}));
  const std::unique_ptr<Server> server = StartServer(publication);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  const absl::StatusOr<v1::LookupResponse> before = client->LookupPort(1);
  publication.Publish(MakeRegistry({.iana = "two,1,tcp,\n"}));
  const absl::StatusOr<v1::LookupResponse> after = client->LookupPort(1);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(after->records(0).service(), "two");
  EXPECT_NE(before->revision(), after->revision());
}

TEST(ClientTimeTest, CallWithoutAnAnswerExceedsItsDeadline) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return std::nullopt; };
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.timeout = absl::Milliseconds(200);
  const std::unique_ptr<Client> client = MakeClient(options);
  // The first call may spend its time on the connection.
  absl::Status status;
  CallUntil([&] {
    status = client->LookupPort(80).status();
    return absl::IsDeadlineExceeded(status);
  });
  EXPECT_EQ(status.message(), "no answer within 200ms");
  EXPECT_TRUE(service.WaitForCancellation());
}

TEST(ClientTimeTest, CallEndsWhenItsTimeIsOver) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return std::nullopt; };
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.timeout = absl::Milliseconds(200);
  const std::unique_ptr<Client> client = MakeClient(options);
  const absl::Time start = absl::Now();
  EXPECT_FALSE(client->LookupPort(80).ok());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(190));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST(ClientTimeTest, RefusedConnectionIsUnavailable) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(port.target()));
  const absl::Status status = client->LookupPort(80).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(Message(status), HasSubstr(port.target()));
  EXPECT_EQ(ErrorReason(status), "");
}

TEST(ClientTimeTest, ConnectionThatIsNeverMadeIsUnavailableByTarget) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  ClientOptions options = OptionsFor(port.target());
  options.timeout = absl::Milliseconds(150);
  const absl::Status status = MakeClient(options)->LookupPort(80).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Message(status), absl::StrCat("no connection to ", port.target(), " within 150ms"));
}

TEST(ClientTimeTest, HttpProxyIsUsedOnlyIfWanted) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return grpc::Status::OK; };
  const FakeServer server(service);
  const DeafPort proxy(DeafPort::Kind::kRefuses);
  setenv("grpc_proxy", absl::StrCat("http://", proxy.target()).c_str(), 1);
  ClientOptions options = OptionsFor(server.target());
  EXPECT_TRUE(MakeClient(options)->LookupPort(80).ok());
  options.use_http_proxy = true;
  EXPECT_EQ(MakeClient(options)->LookupPort(80).status().code(), absl::StatusCode::kUnavailable);
  unsetenv("grpc_proxy");
}

TEST(ClientTimeTest, PartsOfABatchShareOneDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  std::vector<absl::Time> deadlines;
  ON_CALL(*stub, BatchLookup)
      .WillByDefault([&](grpc::ClientContext* context, const v1::BatchLookupRequest& request,
                         v1::BatchLookupResponse* response) {
        deadlines.push_back(absl::FromChrono(context->deadline()));
        if (request.requests_size() > 1) {
          return ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                 v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE, "too large");
        }
        response->add_results();
        return grpc::Status::OK;
      });
  EXPECT_CALL(*stub, BatchLookup).Times(7);
  const Client client(stub, {});
  v1::BatchLookupRequest request;
  for (int port = 0; port < 4; ++port) request.add_requests()->set_port(port);
  ASSERT_TRUE(client.BatchLookup(request).ok());
  for (const absl::Time deadline : deadlines) EXPECT_EQ(deadline, deadlines.front());
}

// Counts the attempts of one lookup that fails `failures` times with `code`.
struct Attempts {
  absl::StatusOr<v1::LookupResponse> answer;
  size_t count;
};

Attempts LookUpThroughFailures(int failures, grpc::StatusCode code, int max_attempts) {
  FakeService service;
  int calls = 0;
  service.lookup = [&](const auto&, v1::LookupResponse& response) {
    if (++calls <= failures) return grpc::Status(code, "try again");
    response.set_revision("answered");
    return grpc::Status::OK;
  };
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.retry.max_attempts = max_attempts;
  const std::unique_ptr<Client> client = MakeClient(options);
  absl::StatusOr<v1::LookupResponse> answer = client->LookupPort(80);
  return {std::move(answer), service.lookups().size()};
}

TEST(ClientRetryTest, UnavailableIsTriedAgain) {
  struct Row {
    int failures;
    int max_attempts;
    bool ok;
    size_t count;
  };
  const std::vector<Row> table = {
      {0, 3, true, 1},  {1, 3, true, 2}, {2, 3, true, 3},  {3, 3, false, 3},
      {1, 1, false, 1}, {4, 5, true, 5}, {5, 5, false, 5},
  };
  for (const Row& row : table) {
    const Attempts attempts =
        LookUpThroughFailures(row.failures, grpc::StatusCode::UNAVAILABLE, row.max_attempts);
    SCOPED_TRACE(absl::StrCat(row.failures, " failures, ", row.max_attempts, " attempts"));
    EXPECT_EQ(attempts.answer.ok(), row.ok);
    EXPECT_EQ(attempts.count, row.count);
    if (row.ok) {
      EXPECT_EQ(attempts.answer->revision(), "answered");
    } else {
      EXPECT_EQ(attempts.answer.status(), absl::UnavailableError("try again"));
    }
  }
}

TEST(ClientRetryTest, OtherFailuresAreNotTriedAgain) {
  for (int code = 1; code <= 16; ++code) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    if (grpc_code == grpc::StatusCode::UNAVAILABLE) continue;
    const Attempts attempts = LookUpThroughFailures(1, grpc_code, 5);
    EXPECT_EQ(attempts.answer.status().code(), static_cast<absl::StatusCode>(code));
    EXPECT_EQ(attempts.count, 1) << code;
  }
}

// Two servers behind one target, which say who they are.
class ClientBalancingTest : public ::testing::Test {
 protected:
  ClientBalancingTest() {
    for (FakeService* service : {&first_service_, &second_service_}) {
      service->lookup = [service, this](const auto&, v1::LookupResponse& response) {
        response.set_revision(service == &first_service_ ? "first" : "second");
        return grpc::Status::OK;
      };
    }
  }

  [[nodiscard]] ClientOptions Options() const {
    return OptionsFor(
        absl::StrCat("ipv4:127.0.0.1:", first_.port(), ",127.0.0.1:", second_.port()));
  }

  // Which server answers; empty if none does.
  static std::string Ask(const Client& client) {
    const absl::StatusOr<v1::LookupResponse> answer = client.LookupPort(80);
    return answer.ok() ? answer->revision() : "";
  }

  // Whether the next ten calls are answered by `server`.
  static bool TenCallsGoTo(const Client& client, const std::string& server) {
    for (int i = 0; i < 10; ++i) {
      if (Ask(client) != server) return false;
    }
    return true;
  }

  FakeService first_service_;
  FakeService second_service_;
  FakeServer first_{first_service_};
  FakeServer second_{second_service_};
};

TEST_F(ClientBalancingTest, CallsGoToEachServerByTurns) {
  const std::unique_ptr<Client> client = MakeClient(Options());
  CallUntil([&] { return Ask(*client) == "first"; });
  CallUntil([&] { return Ask(*client) == "second"; });
  std::map<std::string, int> calls;
  for (int i = 0; i < 20; ++i) ++calls[Ask(*client)];
  EXPECT_EQ(calls["first"], 10);
  EXPECT_EQ(calls["second"], 10);
}

TEST_F(ClientBalancingTest, ServerThatDoesNotServeIsPassedOver) {
  first_.SetServing(false);
  const std::unique_ptr<Client> client = MakeClient(Options());
  EXPECT_TRUE(TenCallsGoTo(*client, "second"));

  first_.SetServing(true);
  CallUntil([&] { return Ask(*client) == "first"; });

  first_.SetServing(false);
  CallUntil([&] { return TenCallsGoTo(*client, "second"); });
}

TEST_F(ClientBalancingTest, NoServerThatServesIsUnavailable) {
  first_.SetServing(false);
  second_.SetServing(false);
  EXPECT_EQ(MakeClient(Options())->LookupPort(80).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(first_service_.lookups().empty());
  EXPECT_TRUE(second_service_.lookups().empty());
}

TEST_F(ClientBalancingTest, HealthIsOfNoConcernIfNotWanted) {
  first_.SetServing(false);
  second_.SetServing(false);
  ClientOptions options = Options();
  options.health_check = false;
  EXPECT_TRUE(MakeClient(options)->LookupPort(80).ok());
}

TEST_F(ClientBalancingTest, UserAgentStartsWithTheOptions) {
  ClientOptions options = OptionsFor(first_.target());
  ASSERT_EQ(Ask(*MakeClient(options)), "first");
  EXPECT_THAT(first_service_.user_agent(), StartsWith("grpc-c++/"));
  options.user_agent = "flow-log/1.0";
  ASSERT_EQ(Ask(*MakeClient(options)), "first");
  EXPECT_THAT(first_service_.user_agent(), StartsWith("flow-log/1.0 grpc-c++/"));
}

// A service that takes few lookups at once; its answers name the ports asked.
class ClientSplitTest : public ::testing::Test {
 protected:
  ClientSplitTest() {
    service_.batch_lookup = [this](const v1::BatchLookupRequest& request,
                                   v1::BatchLookupResponse& response) {
      if (request.requests_size() > takes_) {
        return ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                               v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE, "too large");
      }
      for (const v1::LookupRequest& each : request.requests()) {
        response.add_results()->mutable_response()->add_records()->set_first_port(each.port());
      }
      response.set_revision(revision_(++answered_));
      return grpc::Status::OK;
    };
  }

  // Asks for ports 0 to `size` - 1.
  [[nodiscard]] absl::StatusOr<v1::BatchLookupResponse> Ask(int size) const {
    v1::BatchLookupRequest request;
    for (int port = 0; port < size; ++port) request.add_requests()->set_port(port);
    return client_->BatchLookup(request);
  }

  int takes_ = 2;
  int answered_ = 0;
  std::function<std::string(int)> revision_ = [](int) { return "same"; };
  FakeService service_;
  FakeServer server_{service_};
  std::unique_ptr<Client> client_ = MakeClient(OptionsFor(server_.target()));
};

TEST_F(ClientSplitTest, PartsAreJoinedInOrder) {
  for (const int size : {1, 2, 3, 4, 5, 7, 8, 33}) {
    const absl::StatusOr<v1::BatchLookupResponse> answer = Ask(size);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->revision(), "same");
    ASSERT_EQ(answer->results_size(), size);
    for (int port = 0; port < size; ++port) {
      EXPECT_EQ(answer->results(port).response().records(0).first_port(), port);
    }
  }
}

TEST_F(ClientSplitTest, SmallBatchIsOneCall) {
  ASSERT_TRUE(Ask(2).ok());
  EXPECT_EQ(service_.batches().size(), 1);
}

TEST_F(ClientSplitTest, SingleLookupThatIsTooLargeIsReported) {
  takes_ = 0;
  const absl::Status status = Ask(4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(status), "BATCH_REPLY_TOO_LARGE");
}

TEST_F(ClientSplitTest, PartsOfDifferentRevisionsAreAskedForAnew) {
  revision_ = [](int answered) { return answered == 1 ? "old" : "new"; };
  const absl::StatusOr<v1::BatchLookupResponse> answer = Ask(4);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->revision(), "new");
  EXPECT_EQ(answer->results_size(), 4);
  EXPECT_EQ(service_.batches().size(), 6);
}

TEST_F(ClientSplitTest, RevisionThatChangesEachTimeIsAborted) {
  revision_ = [](int answered) { return absl::StrCat("revision", answered); };
  const absl::Status status = Ask(4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Message(status), HasSubstr("revision5"));
  EXPECT_THAT(Message(status), HasSubstr("revision6"));
  EXPECT_EQ(service_.batches().size(), 9);
}

TEST_F(ClientSplitTest, OtherFailuresAreNotSplit) {
  const std::vector<grpc::Status> failures = {
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "quota"},
      ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_REASON_UNSPECIFIED, "quota"),
      ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE,
                      "no reply"),
  };
  for (const grpc::Status& failure : failures) {
    const size_t before = service_.batches().size();
    service_.batch_lookup = [&](const auto&, auto&) { return failure; };
    EXPECT_EQ(Ask(8).status().code(), static_cast<absl::StatusCode>(failure.error_code()));
    EXPECT_EQ(service_.batches().size(), before + 1);
  }
}

TEST_F(ClientSplitTest, FailureOfAPartIsTheBatchsFailure) {
  for (const int failing_part : {1, 2}) {
    int answered = 0;
    service_.batch_lookup = [&](const v1::BatchLookupRequest& request,
                                v1::BatchLookupResponse& response) {
      if (request.requests_size() > 2) {
        return ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                               v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE, "too large");
      }
      if (++answered == failing_part) return grpc::Status(grpc::StatusCode::INTERNAL, "broken");
      for (int i = 0; i < request.requests_size(); ++i) response.add_results();
      return grpc::Status::OK;
    };
    EXPECT_EQ(Ask(4).status(), absl::InternalError("broken")) << failing_part;
  }
}

TEST_F(ClientSplitTest, AbortedByTheServerIsNotTriedAgain) {
  service_.batch_lookup = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::ABORTED, "by the server");
  };
  EXPECT_EQ(Ask(4).status(), absl::AbortedError("by the server"));
  EXPECT_EQ(service_.batches().size(), 1);
}

TEST_F(ClientSplitTest, LargeRepliesOfARealServerAreSplit) {
  constexpr int kPorts = 500;
  // 8 MB in all.
  std::string rows;
  for (int port = 0; port < kPorts; ++port) {
    absl::StrAppend(&rows, "s", port, ",", port, ",tcp,", std::string(16'000, 'x'), "\n");
  }
  const Publication publication(MakeRegistry({.iana = rows}));
  const std::unique_ptr<Server> server = StartServer(publication);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  v1::BatchLookupRequest request;
  for (int port = 0; port < kPorts; ++port) request.add_requests()->set_port(port);
  ASSERT_TRUE(absl::IsResourceExhausted(BatchLookup(*publication.Current(), request).status()));

  const absl::StatusOr<v1::BatchLookupResponse> answer = client->BatchLookup(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->revision(), publication.Current()->revision());
  ASSERT_EQ(answer->results_size(), kPorts);
  for (int port = 0; port < kPorts; ++port) {
    ASSERT_EQ(answer->results(port).response().records_size(), 1);
    EXPECT_EQ(answer->results(port).response().records(0).service(), absl::StrCat("s", port));
  }
}

TEST(ClientMockTest, UnaryCallGoesToTheMock) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  v1::LookupResponse canned;
  canned.add_records()->set_service("https");
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

TEST(ClientMockTest, CallHasTheOptionsDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  absl::Time deadline;
  EXPECT_CALL(*stub, GetRegistryInfo).WillOnce([&](grpc::ClientContext* context, auto&, auto*) {
    deadline = absl::FromChrono(context->deadline());
    return grpc::Status::OK;
  });
  ClientOptions options;
  options.timeout = absl::Minutes(7);
  const absl::Time before = absl::Now();
  ASSERT_TRUE(Client(stub, options).GetRegistryInfo().ok());
  EXPECT_GE(deadline, before + options.timeout - absl::Milliseconds(1));
  EXPECT_LE(deadline, absl::Now() + options.timeout + absl::Milliseconds(1));
}

}  // namespace
}  // namespace portreg
