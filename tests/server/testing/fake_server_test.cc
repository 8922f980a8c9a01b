#include "portreg/testing/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"

namespace portreg_test {
namespace {

namespace v1 = portreg::v1;
using ::portreg::Client;
using ::portreg::testing::Call;
using ::portreg::testing::FakeServer;
using ::portreg::testing::Record;
using ::portreg::testing::RecordRange;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr absl::Duration kPatience = absl::Seconds(20);

std::string Message(const absl::Status& status) { return std::string(status.message()); }

// Returns a client with long timeouts for loaded machines, without retries by default,
// and without health checks (see FakeServer::Stop). The client has a connection of its
// own, because gRPC shares connections of equal options, and with them the memory of a
// server that has stopped.
std::unique_ptr<Client> ClientOf(const FakeServer& server, int max_attempts = 1) {
  static std::atomic<int> clients = 0;
  portreg::ClientOptions options;
  options.target = server.target();
  options.user_agent = absl::StrCat("client-", ++clients);
  options.timeout = kPatience;
  options.retry.max_attempts = max_attempts;
  options.retry.initial_backoff = absl::Milliseconds(1);
  options.health_check = false;
  return Client::Create(options).value();
}

std::vector<std::string> ServicesAt(const Client& client, int32_t port) {
  std::vector<std::string> services;
  const absl::StatusOr<v1::LookupResponse> answer = client.LookupPort(port);
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return services;
  for (const v1::PortRecord& record : answer->records()) services.push_back(record.service());
  return services;
}

// The outcome of a lookup that has begun and does not block.
class PendingLookup {
 public:
  explicit PendingLookup(const Client& client)
      : call_(client.LookupAsync(Request(), [state = state_](auto answer) {
          state->status = answer.status();
          state->over.Notify();
        })) {}

  void Cancel() const { call_.Cancel(); }

  absl::Status Wait() const {
    if (!state_->over.WaitForNotificationWithTimeout(kPatience)) {
      return absl::InternalError("the call did not end");
    }
    return state_->status;
  }

 private:
  struct State {
    absl::Status status;
    absl::Notification over;
  };

  static v1::LookupRequest Request() {
    v1::LookupRequest request;
    request.set_port(443);
    return request;
  }

  const std::shared_ptr<State> state_ = std::make_shared<State>();
  const portreg::PendingCall call_;
};

TEST(FakeServerTest, HonoursTheScope) {
  v1::PortRecord here = Record(7100, "billing");
  here.set_scope("eu/prod");
  const auto server = FakeServer::Start({here, Record(7101, "audit")}).value();
  const std::unique_ptr<Client> client = ClientOf(*server);
  const auto listed = [&](const std::string& scope) {
    v1::ListRangeRequest request;
    request.set_scope(scope);
    std::vector<std::string> services;
    portreg::RecordStream records = client->ListRange(request);
    for (const v1::PortRecord& record : records) services.push_back(record.service());
    EXPECT_TRUE(records.status().ok()) << records.status();
    return services;
  };
  EXPECT_THAT(listed("eu"), ElementsAre("billing", "audit"));
  EXPECT_THAT(listed("us"), ElementsAre("audit"));
}

TEST(FakeServerTest, AnswersFromItsRecords) {
  v1::PortRecord nameless;
  nameless.set_service("portless");
  const auto server = FakeServer::Start({
      Record(7100, "billing"),
      RecordRange(7100, 7110, "range", v1::TRANSPORT_UNSPECIFIED, v1::LAYER_COMMON),
      Record(65535, "last", v1::TRANSPORT_UDP, v1::LAYER_IANA),
      nameless,
  });
  ASSERT_TRUE(server.ok()) << server.status();
  const auto client = ClientOf(**server);
  EXPECT_THAT(ServicesAt(*client, 7100), ElementsAre("billing", "range"));
  EXPECT_THAT(ServicesAt(*client, 7110), ElementsAre("range"));
  EXPECT_THAT(ServicesAt(*client, 65535), ElementsAre("last"));
  EXPECT_THAT(ServicesAt(*client, 443), IsEmpty());
  EXPECT_TRUE(client->LookupService("PORTLESS").ok());
  const absl::Status unknown = client->LookupService("unknown").status();
  EXPECT_EQ(portreg::ErrorReason(unknown), portreg::v1::ERROR_REASON_SERVICE_NOT_FOUND);
}

TEST(FakeServerTest, SaysThatItServes) {
  const auto server = FakeServer::Start().value();
  portreg::ClientOptions options;
  options.target = server->target();
  options.timeout = kPatience;
  EXPECT_TRUE(Client::Create(options).value()->LookupPort(443).ok());
  // Health checks do not count as calls of the test.
  EXPECT_THAT(server->calls(), SizeIs(1));
}

TEST(FakeServerTest, KeepsWhatARecordHolds) {
  v1::PortRecord record = Record(7100, "billing");
  record.set_description("Billing API");
  v1::RecordDetails& details = *record.mutable_details();
  details.set_assignee("a");
  details.set_contact("b");
  details.set_registration_date("c");
  details.set_modification_date("d");
  details.set_reference("e");
  details.set_service_code("f");
  details.set_unauthorized_use_reported("g");
  details.set_assignment_notes("h");
  details.set_owner("i");
  record.set_owner("i");
  record.add_aliases("bill");
  record.add_aliases("invoices");
  record.set_scope("eu/prod");
  record.set_status(v1::RECORD_STATUS_PLANNED);
  const auto server = FakeServer::Start({record}).value();
  v1::LookupRequest request;
  request.set_port(7100);
  request.set_view(v1::RECORD_VIEW_FULL);
  absl::StatusOr<v1::LookupResponse> answer = ClientOf(*server)->Lookup(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_THAT(answer->records(), SizeIs(1));
  answer->mutable_records(0)->clear_source();
  EXPECT_EQ(answer->records(0).DebugString(), record.DebugString());
}

TEST(FakeServerTest, DescribesItsLayers) {
  v1::PortRecord portless;
  portless.set_service("portless");
  v1::PortRecord nameless;
  nameless.set_first_port(0);
  nameless.set_last_port(0);
  const auto server = FakeServer::Start({Record(1, "a"), portless, nameless,
                                         Record(2, "b", v1::TRANSPORT_TCP, v1::LAYER_IANA)})
                          .value();
  const absl::StatusOr<v1::GetRegistryInfoResponse> info = ClientOf(*server)->GetRegistryInfo();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->revision(), server->revision());
  ASSERT_THAT(info->layers(), SizeIs(2));
  EXPECT_EQ(info->layers(0).layer(), v1::LAYER_LOCAL);
  EXPECT_EQ(info->layers(0).record_count(), 3);
  EXPECT_EQ(info->layers(0).named_count(), 2);
  EXPECT_EQ(info->layers(0).portless_count(), 1);
  EXPECT_EQ(info->layers(0).sha256().size(), 64);
  EXPECT_EQ(info->layers(1).layer(), v1::LAYER_IANA);
  EXPECT_NE(info->layers(1).sha256(), info->layers(0).sha256());
}

TEST(FakeServerTest, SetRecordsPublishesAnotherRevision) {
  const auto server = FakeServer::Start({Record(7100, "billing")}).value();
  const auto client = ClientOf(*server);
  const std::string first = server->revision();
  ASSERT_TRUE(server->SetRecords({Record(7100, "audit")}).ok());
  EXPECT_NE(server->revision(), first);
  EXPECT_THAT(ServicesAt(*client, 7100), ElementsAre("audit"));
  ASSERT_TRUE(server->SetRecords({Record(7100, "billing")}).ok());
  EXPECT_EQ(server->revision(), first);

  const absl::Status status = server->SetRecords({Record(7100, "audit"), Record(70000, "x")});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status), "record 1: first_port 70000 is out of range [0, 65535]");
  EXPECT_THAT(ServicesAt(*client, 7100), ElementsAre("billing"));
}

TEST(FakeServerTest, RefusesRecordsThatNoRegistryCanHold) {
  const auto edited = [](void (*edit)(v1::PortRecord&)) {
    v1::PortRecord record = Record(7100, "billing");
    edit(record);
    return record;
  };
  const std::vector<std::pair<v1::PortRecord, std::string>> table = {
      {Record(-1, "x"), "port -1 is out of range [0, 65535]"},
      {Record(65536, "x"), "port 65536 is out of range [0, 65535]"},
      {RecordRange(0, 65536, "x"), "port 65536 is out of range [0, 65535]"},
      {RecordRange(90, 80, "x"), "first_port 90 is above last_port 80"},
      {edited([](auto& r) { r.clear_last_port(); }),
       "first_port is 7100 and there is no last_port"},
      {edited([](auto& r) { r.clear_first_port(); }),
       "last_port is 7100 and there is no first_port"},
      {v1::PortRecord(), "has neither a service nor ports"},
      {Record(1, std::string(65, 'x')), "has 65 bytes, at most 64 are allowed"},
      {Record(1, "\xff"), "service \"\\xff\" is not valid UTF-8"},
      {Record(1, std::string("a\0", 2)), "service \"a\\x00\" has a NUL byte"},
      {edited([](auto& r) { r.set_description("\xff"); }), "description \"\\xff\" is not valid"},
      {edited([](auto& r) { r.mutable_details()->set_owner("\xff"); }), "details.owner \"\\xff\""},
      {edited([](auto& r) {
         r.mutable_details()->set_owner("me");
         r.set_layer(v1::LAYER_IANA);
       }),
       "details.owner \"me\" belongs to the local layer only"},
      {edited([](auto& r) {
         r.set_layer(v1::LAYER_COMMON);
         r.mutable_details()->set_until("2026-11-29");
       }),
       "details.until \"2026-11-29\" belongs to the local layer only"},
      {edited([](auto& r) { r.set_layer(static_cast<v1::Layer>(4)); }), "layer 4 is unknown"},
      {edited([](auto& r) { r.set_transport(static_cast<v1::Transport>(5)); }),
       "transport 5 is unknown"},
  };
  for (const auto& [record, message] : table) {
    const absl::Status status = FakeServer::Start({Record(1, "good"), record}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << message;
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("record 1: ")));
    EXPECT_THAT(Message(status), HasSubstr(message));
  }
}

TEST(FakeServerTest, TakesRecordsAtTheBounds) {
  for (const int32_t port : {0, 1023, 1024, 49151, 49152, 65535}) {
    EXPECT_TRUE(FakeServer::Start({Record(port, std::string(64, 'x'))}).ok()) << port;
  }
}

TEST(FakeServerTest, FailNextFailsAsManyCallsInOrder) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  server->FailNext(absl::UnavailableError("down"), 2);
  server->FailNext(absl::OkStatus());
  server->FailNext(absl::PermissionDeniedError("no"));
  server->FailNext(absl::DataLossError("never"), 0);
  EXPECT_EQ(client->LookupPort(1).status(), absl::UnavailableError("down"));
  EXPECT_EQ(client->Classify({}).status(), absl::UnavailableError("down"));
  EXPECT_TRUE(client->LookupPort(1).ok());
  EXPECT_EQ(client->GetRegistryInfo().status(), absl::PermissionDeniedError("no"));
  EXPECT_TRUE(client->LookupPort(1).ok());
}

TEST(FakeServerTest, FailNextFailsAListingBeforeItsFirstMessage) {
  const auto server = FakeServer::Start({Record(1, "a")}).value();
  const auto client = ClientOf(*server);
  server->FailNext(absl::InternalError("broken"));
  portreg::RecordStream broken = client->ListRange({});
  EXPECT_EQ(broken.Next(), nullptr);
  EXPECT_EQ(broken.status(), absl::InternalError("broken"));
  portreg::RecordStream whole = client->ListRange({});
  EXPECT_NE(whole.Next(), nullptr);
}

TEST(FakeServerTest, ARetryHidesOneUnavailableAndIsACall) {
  const auto server = FakeServer::Start({Record(7100, "billing")}).value();
  const auto client = ClientOf(*server, /*max_attempts=*/3);
  server->FailNext(absl::UnavailableError("down"));
  EXPECT_THAT(ServicesAt(*client, 7100), ElementsAre("billing"));
  EXPECT_THAT(server->calls(), SizeIs(2));
}

TEST(FakeServerTest, FailNextSendsTheDetailsAlong) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  const absl::Status real = client->LookupService("unknown").status();
  ASSERT_EQ(portreg::ErrorReason(real), portreg::v1::ERROR_REASON_SERVICE_NOT_FOUND);
  server->FailNext(real);
  EXPECT_EQ(client->LookupPort(1).status(), real);
}

// Fails also if an RPC of the contract is missing in the fake.
TEST(FakeServerTest, FailsAndNotesEveryRpc) {
  const auto server = FakeServer::Start().value();
  grpc::GenericStub stub(grpc::CreateChannel(server->target(), grpc::InsecureChannelCredentials()));
  const auto& service = *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      v1::PortRegistryService::service_full_name());
  ASSERT_GT(service.method_count(), 5);
  const grpc::Slice empty;
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string name = service.method(i)->name();
    server->FailNext(absl::AbortedError(name));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    absl::Notification over;
    stub.UnaryCall(&context, absl::StrCat("/", service.full_name(), "/", name), {}, &request,
                   &response, [&](grpc::Status s) {
                     status = std::move(s);
                     over.Notify();
                   });
    over.WaitForNotification();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED) << name;
    EXPECT_EQ(status.error_message(), name);
    EXPECT_EQ(server->calls().back().method, name);
  }
}

TEST(FakeServerTest, PassesEveryRpcOn) {
  const auto server = FakeServer::Start({Record(7100, "billing")}).value();
  const auto client = ClientOf(*server);
  v1::BatchLookupRequest batch;
  batch.add_requests()->set_port(7100);
  EXPECT_EQ(client->BatchLookup(batch)->results(0).response().records(0).service(), "billing");
  v1::ClassifyRequest classify;
  classify.set_port(7100);
  EXPECT_EQ(client->Classify(classify)->port_class(), v1::PORT_CLASS_REGISTERED);
  v1::CheckRequest check;
  check.add_claims()->set_first_port(7100);
  check.mutable_claims(0)->set_service("other");
  EXPECT_EQ(client->Check(check)->results(0).findings(0).kind(), v1::ADVISORY_KIND_TAKEN_LOCALLY);
  v1::SuggestRequest suggest;
  suggest.set_first_port(7100);
  suggest.set_last_port(7101);
  suggest.set_count(2);
  EXPECT_THAT(client->Suggest(suggest)->ports(), ElementsAre(7101));
  v1::SearchRequest search;
  search.set_query("bill");
  EXPECT_THAT(client->Search(search)->matches(), SizeIs(1));
  portreg::RecordStream records = client->ListRange({});
  const v1::PortRecord* const record = records.Next();
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->service(), "billing");
  EXPECT_EQ(client->GetRegistryInfo()->revision(), server->revision());
}

TEST(FakeServerTest, NotesTheMetadataOfCalls) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  EXPECT_THAT(server->calls(), IsEmpty());
  portreg::CallOptions options;
  options.metadata = {{"x-request-id", "7f3a"}};
  EXPECT_TRUE(client->LookupPort(443, options).ok());
  EXPECT_TRUE(client->GetRegistryInfo().ok());
  EXPECT_THAT(server->calls(),
              ElementsAre(Field(&Call::method, "Lookup"), Field(&Call::method, "GetRegistryInfo")));
  EXPECT_THAT(server->calls()[0].metadata, Contains(Pair("x-request-id", "7f3a")));
  EXPECT_THAT(server->calls()[1].metadata, Not(Contains(Pair("x-request-id", "7f3a"))));
  EXPECT_FALSE(server->WaitForCalls(3, absl::Milliseconds(1)));
}

TEST(FakeServerTest, DelayHoldsACallUpAndNoOther) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  server->Delay(absl::InfiniteDuration());
  std::vector<std::unique_ptr<PendingLookup>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(std::make_unique<PendingLookup>(*client));
  ASSERT_TRUE(server->WaitForCalls(50, kPatience));
  server->Delay(absl::ZeroDuration());
  EXPECT_TRUE(client->LookupPort(443).ok());
  for (const auto& lookup : waiting) lookup->Cancel();
  for (const auto& lookup : waiting) {
    const absl::Status status = lookup->Wait();
    EXPECT_TRUE(absl::IsCancelled(status)) << status;
  }
}

TEST(FakeServerTest, DelayIsTheLeastTimeOfACall) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  server->Delay(absl::Milliseconds(30));
  const absl::Time start = absl::Now();
  EXPECT_TRUE(client->LookupPort(443).ok());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(30));
}

TEST(FakeServerTest, DelayLetsACallRunOutOfTime) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  EXPECT_TRUE(client->LookupPort(443).ok());
  server->Delay(absl::InfiniteDuration());
  portreg::CallOptions options;
  options.timeout = absl::Milliseconds(20);
  EXPECT_TRUE(absl::IsDeadlineExceeded(client->LookupPort(443, options).status()));
}

TEST(FakeServerTest, StopEndsWaitingCallsAndRefusesNewOnes) {
  const auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  server->Delay(absl::InfiniteDuration());
  absl::Status outcome;
  std::thread caller([&] { outcome = client->LookupPort(443).status(); });
  EXPECT_TRUE(server->WaitForCalls(1, kPatience));
  server->Stop();
  server->Stop();
  caller.join();
  EXPECT_TRUE(absl::IsUnavailable(outcome)) << outcome;
  EXPECT_TRUE(absl::IsUnavailable(client->LookupPort(443).status()));
  EXPECT_THAT(server->calls(), SizeIs(1));
}

TEST(FakeServerTest, RestartServesAtTheSameTarget) {
  const auto server = FakeServer::Start({Record(7100, "billing")}).value();
  const std::string target = server->target();
  for (int i = 0; i < 3; ++i) {
    server->Stop();
    EXPECT_TRUE(absl::IsUnavailable(ClientOf(*server)->LookupPort(7100).status()));
    ASSERT_TRUE(server->Restart().ok());
    ASSERT_TRUE(server->Restart().ok());
    EXPECT_EQ(server->target(), target);
    EXPECT_THAT(ServicesAt(*ClientOf(*server), 7100), ElementsAre("billing"));
  }
}

TEST(FakeServerTest, EndsWithCallsUnderWay) {
  auto server = FakeServer::Start().value();
  const auto client = ClientOf(*server);
  server->Delay(absl::Hours(1));
  absl::Status outcome;
  std::thread caller([&] { outcome = client->LookupPort(443).status(); });
  EXPECT_TRUE(server->WaitForCalls(1, kPatience));
  server.reset();
  caller.join();
  EXPECT_TRUE(absl::IsUnavailable(outcome)) << outcome;
}

TEST(FakeServerTest, KeepsItsPortWhileItIsStopped) {
  const auto server = FakeServer::Start().value();
  server->Stop();
  const std::string& target = server->target();
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(target.substr(target.find(':') + 1), &port));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_NE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(errno, EADDRINUSE);
  close(fd);
  EXPECT_TRUE(server->Restart().ok());
}

TEST(FakeServerTest, LeavesHealthCheckingOfOtherServersAlone) {
  const auto server = FakeServer::Start().value();
  EXPECT_FALSE(grpc::DefaultHealthCheckServiceEnabled());
}

TEST(FakeServerTest, ThreadsMayUseItAtOnce) {
  const auto server = FakeServer::Start({Record(7100, "billing")}).value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&server] {
      const auto client = ClientOf(*server);
      for (int call = 0; call < 25; ++call) {
        const absl::Status status = client->LookupPort(7100).status();
        EXPECT_TRUE(status.ok() || absl::IsUnavailable(status) || absl::IsCancelled(status))
            << status;
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    server->Delay(absl::Milliseconds(i % 3));
    server->FailNext(absl::UnavailableError("down"));
    EXPECT_TRUE(server->SetRecords({Record(7100, absl::StrCat("service", i))}).ok());
    server->Stop();
    EXPECT_TRUE(server->Restart().ok());
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace portreg_test
