#include "portreg/mirror.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/answers/answers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/testing/fake_server.h"
#include "server/net/server.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AnyOf;
using ::testing::SizeIs;

ClientOptions WithoutRetries(const std::string& target) {
  ClientOptions options = OptionsFor(target);
  options.retry.max_attempts = 1;
  return options;
}

std::unique_ptr<Mirror> MirrorOf(const std::string& target, MirrorOptions options = {}) {
  return Mirror::Create(MakeClient(WithoutRetries(target)), std::move(options)).value();
}

std::string NameAt(const MirrorSnapshot& snapshot, int32_t port) {
  const MirroredRecords records = snapshot.AtPort(port);
  return records.empty() ? "" : records[0].service();
}

// Returns a lookup of every port and every name, in both views.
std::vector<v1::LookupRequest> EveryLookup(const Registry& registry) {
  std::vector<v1::LookupRequest> requests;
  for (int port = 0; port <= kMaxPort; ++port) requests.emplace_back().set_port(port);
  for (uint32_t id = 0; id < registry.NameCount(); ++id) {
    requests.emplace_back().set_service(std::string(registry.Name(id)));
  }
  return requests;
}

TEST(MirrorEmbeddedTest, AnswersEveryLookupAsTheServerDoes) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  MirrorOptions options;
  options.details = true;
  const std::unique_ptr<Mirror> mirror = MirrorOf(server->addresses().front(), std::move(options));
  const std::shared_ptr<const MirrorSnapshot> snapshot = mirror->snapshot();
  const Registry& registry = EmbeddedPublication().Current()->registry;
  EXPECT_EQ(snapshot->revision(), registry.revision());
  EXPECT_EQ(snapshot->size(), registry.records().size());
  std::vector<v1::LookupRequest> requests = EveryLookup(registry);
  ASSERT_GT(requests.size(), 70'000);
  for (v1::LookupRequest& request : requests) {
    // Alternates transports and views.
    request.set_transport(static_cast<v1::Transport>(request.port() % 5));
    if (request.port() % 2 == 0) request.set_view(v1::RECORD_VIEW_FULL);
    const absl::StatusOr<v1::LookupResponse> wanted = Lookup(registry, request);
    const absl::StatusOr<v1::LookupResponse> answer = snapshot->Lookup(request);
    ASSERT_EQ(answer.ok(), wanted.ok()) << request.ShortDebugString();
    if (!wanted.ok()) continue;
    ASSERT_EQ(answer->SerializeAsString(), wanted->SerializeAsString())
        << request.ShortDebugString();
  }
}

TEST(MirrorEmbeddedTest, HasRecordsWithoutCopyingThem) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  const std::unique_ptr<Mirror> mirror = MirrorOf(server->addresses().front());
  const std::shared_ptr<const MirrorSnapshot> snapshot = mirror->snapshot();
  EXPECT_EQ(snapshot->AtPort(443)[0].service(), "HTTPS");
  EXPECT_EQ(&snapshot->ByName("Https")[0], &snapshot->AtPort(443)[0]);
  EXPECT_FALSE(snapshot->AtPort(443)[1].has_details());
  EXPECT_TRUE(snapshot->ByName("no-such").empty());
  for (const int port : {-1, 65536}) EXPECT_TRUE(snapshot->AtPort(port).empty()) << port;
}

TEST(MirrorEmbeddedTest, RecordsCanBeIteratedOver) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  const std::unique_ptr<Mirror> mirror = MirrorOf(server->addresses().front());
  const std::shared_ptr<const MirrorSnapshot> snapshot = mirror->snapshot();
  const MirroredRecords records = snapshot->AtPort(443);
  ASSERT_GT(records.size(), 1);
  size_t count = 0;
  for (const v1::PortRecord& record : records) EXPECT_EQ(&record, &records[count++]);
  EXPECT_EQ(count, records.size());
  MirroredRecords::Iterator it = records.begin();
  EXPECT_EQ(&*it++, &records[0]);
  EXPECT_EQ(it->service(), records[1].service());
  EXPECT_EQ(std::distance(records.begin(), records.end()), static_cast<int>(records.size()));
  const MirroredRecords none = snapshot->ByName("no-such");
  EXPECT_EQ(none.begin(), none.end());
}

TEST(MirrorEmbeddedTest, RefusesWhatTheServerRefuses) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  const std::unique_ptr<Mirror> mirror = MirrorOf(server->addresses().front());
  std::vector<v1::LookupRequest> requests(8);
  requests[1].set_port(-1);
  requests[2].set_port(65536);
  requests[3].set_service("");
  requests[4].set_service(std::string(65, 'a'));
  requests[5].set_port(80);
  requests[5].set_transport(static_cast<v1::Transport>(5));
  requests[6].set_port(80);
  requests[6].set_view(static_cast<v1::RecordView>(3));
  requests[7].set_service("no-such");
  for (const v1::LookupRequest& request : requests) {
    const absl::Status wanted = client->Lookup(request).status();
    const absl::Status status = mirror->snapshot()->Lookup(request).status();
    EXPECT_EQ(status.code(), wanted.code()) << request.ShortDebugString();
    if (absl::IsNotFound(wanted)) {
      EXPECT_EQ(Message(status), Message(wanted));
      EXPECT_EQ(ErrorReason(status), ErrorReason(wanted));
    }
  }
}

class MirrorTest : public ::testing::Test {
 protected:
  void Serve(const std::string& service) {
    EXPECT_EQ(server_->SetRecords({testing::Record(7100, service)}), absl::OkStatus());
  }

  const std::unique_ptr<testing::FakeServer> server_ =
      testing::FakeServer::Start({testing::Record(7100, "one")}).value();
};

TEST_F(MirrorTest, FollowsTheServerAndTellsOfIt) {
  std::mutex mutex;
  std::vector<std::string> told;
  MirrorOptions options;
  options.on_change = [&](const std::shared_ptr<const MirrorSnapshot>& now) {
    const std::lock_guard lock(mutex);
    told.push_back(NameAt(*now, 7100));
  };
  const std::unique_ptr<Mirror> mirror = MirrorOf(server_->target(), std::move(options));
  const std::shared_ptr<const MirrorSnapshot> first = mirror->snapshot();
  for (const std::string name : {"two", "three"}) {
    Serve(name);
    CallUntil([&] {
      const std::lock_guard lock(mutex);
      return !told.empty() && told.back() == name;
    });
    EXPECT_EQ(NameAt(*mirror->snapshot(), 7100), name);
    EXPECT_EQ(mirror->snapshot()->revision(), server_->revision());
  }
  // A held snapshot does not change.
  EXPECT_EQ(NameAt(*first, 7100), "one");
  EXPECT_THAT(told, SizeIs(2));
  EXPECT_EQ(mirror->status(), absl::OkStatus());
  EXPECT_EQ(mirror->staleness(), absl::ZeroDuration());
}

TEST(MirrorScopeTest, LookupsHonourTheScope) {
  v1::PortRecord here = testing::Record(7100, "billing");
  here.set_scope("eu/prod");
  v1::PortRecord there = testing::Record(7101, "billing");
  there.set_scope("us");
  const auto server = testing::FakeServer::Start({here, there}).value();
  const std::unique_ptr<Mirror> mirror = MirrorOf(server->target());
  v1::LookupRequest request;
  request.set_service("billing");
  request.set_scope("eu");
  const auto found = mirror->snapshot()->Lookup(request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(found->records(), SizeIs(1));
  EXPECT_EQ(found->records(0).first_port(), 7100);
  EXPECT_EQ(found->records(0).scope(), "eu/prod");
  request.set_scope("asia");
  EXPECT_EQ(ErrorReason(mirror->snapshot()->Lookup(request).status()),
            v1::ERROR_REASON_SERVICE_NOT_FOUND);
  request.set_scope("eu/");
  EXPECT_EQ(ErrorReason(mirror->snapshot()->Lookup(request).status()),
            v1::ERROR_REASON_SCOPE_INVALID);
}

TEST_F(MirrorTest, KeepsTheLastSnapshotWhileTheServerIsAway) {
  const std::unique_ptr<Mirror> mirror = MirrorOf(server_->target());
  for (const std::string name : {"one", "two"}) {
    server_->Stop();
    CallUntil([&] { return !mirror->status().ok(); });
    // gRPC may reset a call to a server that is about to stop, as CANCELLED.
    EXPECT_THAT(mirror->status().code(),
                AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled));
    EXPECT_GT(mirror->staleness(), absl::ZeroDuration());
    EXPECT_EQ(NameAt(*mirror->snapshot(), 7100), "one");
    Serve(name);
    ASSERT_EQ(server_->Restart(), absl::OkStatus());
    CallUntil([&] { return mirror->status().ok(); });
    EXPECT_EQ(NameAt(*mirror->snapshot(), 7100), name);
    EXPECT_EQ(mirror->staleness(), absl::ZeroDuration());
  }
}

TEST_F(MirrorTest, FetchThatFailsIsTriedAgain) {
  const std::unique_ptr<Mirror> mirror = MirrorOf(server_->target());
  ASSERT_TRUE(server_->WaitForCalls(2));
  server_->FailNext(absl::ResourceExhaustedError("busy"), 2);
  Serve("two");
  CallUntil([&] { return NameAt(*mirror->snapshot(), 7100) == "two"; });
  CallUntil([&] { return mirror->status().ok(); });
}

TEST_F(MirrorTest, GoesAtOnceWhileItFetches) {
  auto mirror = MirrorOf(server_->target());
  ASSERT_TRUE(server_->WaitForCalls(2));
  server_->Delay(absl::InfiniteDuration());
  Serve("two");
  ASSERT_TRUE(server_->WaitForCalls(3));
  const absl::Time start = absl::Now();
  mirror.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(MirrorTest, MetadataGoesWithEveryCall) {
  MirrorOptions options;
  options.metadata = {{"x-request-id", "7f3a"}};
  const std::unique_ptr<Mirror> mirror = MirrorOf(server_->target(), std::move(options));
  ASSERT_TRUE(server_->WaitForCalls(2));
  Serve("two");
  ASSERT_TRUE(server_->WaitForCalls(3));
  for (const testing::Call& call : server_->calls()) {
    EXPECT_EQ(call.metadata.count("x-request-id"), 1) << call.method;
  }
}

TEST(MirrorCreateTest, FailsWithoutServer) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  const absl::Status status = Mirror::Create(MakeClient(WithoutRetries(port.target()))).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

// Returns a listing of one record.
v1::ListRangeResponse Listed(const std::string& service, const std::string& revision) {
  v1::ListRangeResponse message;
  *message.add_records() = testing::Record(7100, service);
  message.set_revision(revision);
  message.set_resume_token(revision);
  return message;
}

TEST(MirrorScriptedTest, ListingIsBegunAnewWhereTheRegistryChangedDuringIt) {
  FakeService service;
  service.list_range = [](const v1::ListRangeRequest& request) {
    static int call = 0;
    switch (call++) {
      case 0:
        return ListScript{.messages = {Listed("old", "1")},
                          .end = grpc::Status(grpc::StatusCode::UNAVAILABLE, "broken")};
      case 1:
        EXPECT_EQ(request.resume_token(), "1");
        return ListScript{.messages = {}, .end = grpc::Status(grpc::StatusCode::ABORTED, "")};
      default:
        EXPECT_EQ(request.resume_token(), "");
        return ListScript{.messages = {Listed("new", "2")}};
    }
  };
  const FakeServer server(service);
  const auto mirror = Mirror::Create(MakeClient(OptionsFor(server.target())));
  ASSERT_TRUE(mirror.ok()) << mirror.status();
  EXPECT_EQ(NameAt(*(*mirror)->snapshot(), 7100), "new");
  EXPECT_EQ((*mirror)->snapshot()->revision(), "2");
  EXPECT_THAT(service.listings(), SizeIs(3));
}

TEST(MirrorScriptedTest, ListingWithoutARevisionIsRefused) {
  FakeService service;
  service.list_range = [](const auto&) { return ListScript{.messages = {Listed("one", "")}}; };
  const FakeServer server(service);
  EXPECT_EQ(Mirror::Create(MakeClient(WithoutRetries(server.target()))).status(),
            absl::InternalError("the server's reply to ListRange has no revision"));
}

TEST(MirrorScriptedTest, ListingThatIsLargerThanAMirrorHoldsIsRefused) {
  FakeService service;
  service.list_range = [](const auto&) {
    v1::ListRangeResponse message = Listed("one", "1");
    for (int i = 0; i < 20'000; ++i) *message.add_records() = message.records(0);
    return ListScript{.messages = std::vector(20, message)};
  };
  const FakeServer server(service);
  const absl::Status status = Mirror::Create(MakeClient(WithoutRetries(server.target()))).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST(MirrorScriptedTest, RevisionsThatAreToldAndNotListedAreFetchedWithPauses) {
  FakeService service;
  service.list_range = [](const auto&) { return ListScript{.messages = {Listed("one", "1")}}; };
  service.watch = [](const auto&) {
    WatchScript script{.messages = {}, .end = std::nullopt};
    for (int i = 0; i < 10'000; ++i) {
      script.messages.emplace_back().set_revision(absl::StrCat("told ", i));
    }
    return script;
  };
  const FakeServer server(service);
  const std::unique_ptr<Mirror> mirror = MirrorOf(server.target());
  CallUntil([&] { return !mirror->status().ok(); });
  EXPECT_TRUE(absl::IsAborted(mirror->status())) << mirror->status();
  EXPECT_GT(mirror->staleness(), absl::ZeroDuration());
  // All revisions were received, and the mirror did not list the registry for each.
  ASSERT_TRUE(service.WaitForWrites(10'000));
  EXPECT_LT(service.listings().size(), 100);
  EXPECT_EQ(NameAt(*mirror->snapshot(), 7100), "one");
}

TEST(MirrorScriptedTest, ServerWithoutWatchIsMirroredOnce) {
  FakeService service;
  service.list_range = [](const auto&) { return ListScript{.messages = {Listed("one", "1")}}; };
  const FakeServer server(service);
  const std::unique_ptr<Mirror> mirror = MirrorOf(server.target());
  CallUntil([&] { return !mirror->status().ok(); });
  EXPECT_TRUE(absl::IsUnimplemented(mirror->status())) << mirror->status();
  EXPECT_EQ(NameAt(*mirror->snapshot(), 7100), "one");
}

}  // namespace
}  // namespace portreg
