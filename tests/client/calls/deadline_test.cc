// Tests the longest time that calls take.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "tests/client/answers.h"
#include "tests/client/every_call.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/service_mock.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

TEST(DeadlineTest, CallWithoutAnAnswerExceedsItsDeadline) {
  FakeService service;
  service.lookup = [](const auto&, auto&) { return std::nullopt; };
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.timeout = absl::Milliseconds(200);
  const std::unique_ptr<Client> client = MakeClient(options);
  // Repeats, because the first call may spend its time on the connection.
  absl::Status status;
  CallUntil([&] {
    status = client->LookupPort(80).status();
    return absl::IsDeadlineExceeded(status);
  });
  EXPECT_EQ(status.message(), "no answer within 200ms");
  EXPECT_TRUE(service.WaitForCancellation());
}

TEST(DeadlineTest, CallEndsWhenItsTimeIsOver) {
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

TEST(DeadlineTest, RefusedConnectionIsUnavailable) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(port.target()));
  const absl::Status status = client->LookupPort(80).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(Message(status), HasSubstr(port.target()));
  EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(DeadlineTest, ConnectionThatIsNeverMadeIsUnavailableByTarget) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  ClientOptions options = OptionsFor(port.target());
  options.timeout = absl::Milliseconds(150);
  const absl::Status status = MakeClient(options)->LookupPort(80).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Message(status), absl::StrCat("no connection to ", port.target(), " within 150ms"));
}

// A limit for one call, or for every call by the client's options.
enum class Limit { kCall, kClient };

constexpr absl::Duration kShort = absl::Milliseconds(100);

// Makes every call to `target` with a deadline of 100 ms, and passes its status to
// `check`. Calls `begin` first.
template <typename Begin, typename Check>
void MakeEveryCallInAShortTime(const std::string& target, Begin begin, Check check) {
  for (const Limit limit : {Limit::kCall, Limit::kClient}) {
    ClientOptions options = OptionsFor(target);
    CallOptions call_options;
    if (limit == Limit::kCall) {
      call_options.timeout = kShort;
    } else {
      options.timeout = kShort;
      options.list_timeout = kShort;
    }
    for (const AnyCall& call : EveryCall()) {
      SCOPED_TRACE(absl::StrCat(call.name, limit == Limit::kCall ? ", its own time" : ""));
      const std::unique_ptr<Client> client = MakeClient(options);
      begin(*client, call_options);
      check(call.make(*client, call_options));
    }
  }
}

TEST(DeadlineTest, EveryCallExceedsItsDeadline) {
  FakeService service;
  service.AnswerAll(std::nullopt);
  const FakeServer server(service);
  MakeEveryCallInAShortTime(
      server.target(),
      [](const Client& client, const CallOptions& call) {
        // Repeats, because the first call may spend its time on the connection.
        CallUntil([&] { return absl::IsDeadlineExceeded(client.LookupPort(80, call).status()); });
      },
      [](const absl::Status& status) {
        EXPECT_EQ(status, absl::DeadlineExceededError("no answer within 100ms"));
      });
  EXPECT_TRUE(service.WaitForCancellation());
}

TEST(DeadlineTest, EveryCallWhoseConnectionIsNeverMadeIsUnavailableByTarget) {
  const DeafPort port(DeafPort::Kind::kLetsWait);
  MakeEveryCallInAShortTime(
      port.target(), [](const auto&, const auto&) {},
      [&port](const absl::Status& status) {
        EXPECT_EQ(status, absl::UnavailableError(
                              absl::StrCat("no connection to ", port.target(), " within 100ms")));
      });
}

TEST(DeadlineTest, EveryCallWhoseConnectionIsRefusedIsUnavailableByTarget) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  for (const AnyCall& call : EveryCall()) {
    const absl::Status status = call.make(*MakeClient(OptionsFor(port.target())), {});
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << call.name;
    EXPECT_THAT(Message(status), HasSubstr(port.target())) << call.name;
  }
}

TEST(DeadlineTest, ACallMayTakeLongerThanTheClientsOthers) {
  FakeService service;
  service.AnswerAll(std::nullopt);
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.timeout = absl::Milliseconds(50);
  const std::unique_ptr<Client> client = MakeClient(options);
  CallUntil([&] { return absl::IsDeadlineExceeded(client->LookupPort(80).status()); });

  CallOptions patient;
  patient.timeout = absl::Seconds(20);
  Outcome<v1::LookupResponse> outcome;
  const size_t before = service.metadata().size();
  client->LookupAsync({}, outcome.Taker(), patient);
  ASSERT_TRUE(service.WaitForCalls(before + 1));
  // The time of another call ends.
  EXPECT_FALSE(client->LookupPort(80).ok());
  EXPECT_FALSE(outcome.HasCome());
  // The call may arrive later than those with a short time.
  CallUntil([&] {
    service.FinishOpenCalls(grpc::Status::OK);
    return outcome.HasCome();
  });
  EXPECT_EQ(outcome.Await().status(), absl::OkStatus());
}

TEST(DeadlineTest, PartsOfABatchShareOneDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  std::vector<gpr_timespec> deadlines;
  ON_CALL(*stub, BatchLookup)
      .WillByDefault([&](grpc::ClientContext* context, const v1::BatchLookupRequest& request,
                         v1::BatchLookupResponse* response) {
        deadlines.push_back(context->raw_deadline());
        if (request.requests_size() > 1) {
          return ReplyTooLarge();
        }
        response->add_results()->mutable_response();
        return grpc::Status::OK;
      });
  EXPECT_CALL(*stub, BatchLookup).Times(7);
  const Client client(stub, {});
  v1::BatchLookupRequest request;
  for (int port = 0; port < 4; ++port) request.add_requests()->set_port(port);
  ASSERT_TRUE(client.BatchLookup(request).ok());
  for (const gpr_timespec& deadline : deadlines) {
    EXPECT_EQ(gpr_time_cmp(deadline, deadlines.front()), 0);
  }
}

TEST(DeadlineTest, CallHasTheOptionsDeadline) {
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
