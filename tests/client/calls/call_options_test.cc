#include "portreg/call_options.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/text/reserved_metadata.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/client/answers.h"
#include "tests/client/every_call.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/client/listings.h"
#include "tests/client/service_mock.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CallOptions With(std::string name, std::string value) {
  CallOptions call;
  call.metadata.emplace_back(std::move(name), std::move(value));
  return call;
}

// Returns the values of `name`, in their order.
std::vector<std::string> ValuesOf(const Metadata& metadata, const std::string& name) {
  std::vector<std::string> values;
  const auto [begin, end] = metadata.equal_range(name);
  for (auto it = begin; it != end; ++it) values.push_back(it->second);
  return values;
}

// Provides a service that answers every call.
class CallOptionsTest : public ::testing::Test {
 protected:
  CallOptionsTest() { service_.AnswerAll(grpc::Status::OK); }

  // Expects that every call refuses `call`, with a message that names `what`, and sends
  // nothing.
  void ExpectRefused(const CallOptions& call, const std::string& what) {
    for (const AnyCall& each : EveryCall()) {
      const absl::Status status = each.make(*client_, call);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.name << status;
      EXPECT_THAT(Message(status), HasSubstr(what)) << each.name;
    }
    EXPECT_THAT(service_.metadata(), IsEmpty());
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_ = MakeClient(options_);
};

TEST_F(CallOptionsTest, MetadataReachesTheServerWithEveryCall) {
  CallOptions call = With("x-request-id", "7f3a");
  call.metadata.emplace_back("traceparent",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  for (const AnyCall& each : EveryCall()) {
    const size_t before = service_.metadata().size();
    EXPECT_EQ(each.make(*client_, call), absl::OkStatus()) << each.name;
    const std::vector<Metadata> seen = service_.metadata();
    ASSERT_THAT(seen, SizeIs(before + 1)) << each.name;
    EXPECT_THAT(ValuesOf(seen.back(), "x-request-id"), ElementsAre("7f3a")) << each.name;
    EXPECT_THAT(ValuesOf(seen.back(), "traceparent"), ElementsAre(call.metadata[1].second));
  }
}

TEST_F(CallOptionsTest, MetadataIsOfOneCall) {
  ASSERT_TRUE(client_->LookupPort(80, With("x-request-id", "7f3a")).ok());
  ASSERT_TRUE(client_->LookupPort(80).ok());
  EXPECT_THAT(ValuesOf(service_.metadata()[0], "x-request-id"), SizeIs(1));
  EXPECT_THAT(ValuesOf(service_.metadata()[1], "x-request-id"), IsEmpty());
}

TEST_F(CallOptionsTest, NamesAndValuesAtTheirBounds) {
  std::string printable;
  for (char c = 0x21; c < 0x7F; ++c) printable.push_back(c);
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  const std::vector<std::pair<std::string, std::string>> table = {
      {"a", "v"},
      {"0", "v"},
      {"a-_.9", "v"},
      {"x-bin-x", "v"},
      {"x-empty", ""},
      {"x-printable", printable},
      {"x-blank", "a b"},
      {"grpc", "v"},
      {"x-grpc-id", "v"},
      {"x-bytes-bin", bytes},
      {"x-empty-bin", ""},
      {std::string(200, 'n'), "v"},
      {"x-nul-bin", std::string("\0\n\r", 3)},
      {"x-long", std::string(4000, 'v')},
  };
  for (const auto& [name, value] : table) {
    for (const Way way : kWays) {
      ASSERT_EQ(LookUpPort(way, *client_, 80, With(name, value)).status(), absl::OkStatus())
          << name;
      EXPECT_THAT(ValuesOf(service_.metadata().back(), name), ElementsAre(value)) << name;
    }
  }
}

TEST_F(CallOptionsTest, ANameMayComeTwice) {
  CallOptions call = With("x-tag", "one");
  call.metadata.emplace_back("x-tag", "two");
  ASSERT_TRUE(client_->LookupPort(80, call).ok());
  EXPECT_THAT(ValuesOf(service_.metadata()[0], "x-tag"), ElementsAre("one", "two"));
}

TEST_F(CallOptionsTest, NamesOutOfBoundsAreRefused) {
  const std::vector<std::pair<std::string, std::string>> table = {
      // The name, and its form in the message.
      {"", "\"\""},
      {"X-Request-Id", "\"X-Request-Id\""},
      {"x-request-iD", "\"x-request-iD\""},
      {"grpc-timeout", "\"grpc-timeout\""},
      {"grpc-", "\"grpc-\""},
      {"grpc-trace-bin", "\"grpc-trace-bin\""},
      {":path", "\":path\""},
      {"a:b", "\"a:b\""},
      {"a b", "\"a b\""},
      {" a", "\" a\""},
      {"a\n", "\"a\\n\""},
      {std::string("a\0b", 3), "\"a\\"},
      {"caf\xC3\xA9", "\"caf"},
      {"\x7F", "\"\\x7f\""},
      {"a/b", "\"a/b\""},
      {"A-bin", "\"A-bin\""},
  };
  for (const auto& [name, said] : table) {
    SCOPED_TRACE(said);
    ExpectRefused(With(name, "v"), said);
  }
}

TEST_F(CallOptionsTest, ValuesOutOfBoundsAreRefusedByName) {
  const std::vector<std::string> values = {
      "\n", "a\r",      "a\nb: c", std::string("\0", 1), std::string("a\0b", 3),
      "\t", "\x1B[31m", "\x7F",    "caf\xC3\xA9",        "\xFF",
  };
  for (const std::string& value : values)
    ExpectRefused(With("x-request-id", value), "x-request-id");
}

TEST_F(CallOptionsTest, MessagesAreOfPrintableAsciiAndShort) {
  const std::vector<CallOptions> table = {
      With("\x1B[31m\n", "v"),
      With(std::string("\0\xFF", 2), "v"),
      With("x-id", "\x1B[31m\n"),
      With(std::string(100'000, 'N'), "v"),
      With("x-id", std::string(100'000, '\n')),
  };
  for (const CallOptions& call : table) {
    const std::string message = Message(client_->LookupPort(80, call).status());
    for (const char c : message) EXPECT_TRUE(absl::ascii_isprint(c)) << message.substr(0, 200);
    EXPECT_LT(message.size(), 1000);
  }
}

TEST_F(CallOptionsTest, EachPieceOfMetadataIsChecked) {
  CallOptions call = With("x-request-id", "7f3a");
  call.metadata.emplace_back("X-Upper", "v");
  ExpectRefused(call, "X-Upper");
}

TEST_F(CallOptionsTest, NamesThatGrpcTreatsItselfAreRefused) {
  // All names for which metadata_batch.h of gRPC 1.51 has a trait.
  std::vector<std::string> names = {":path",
                                    ":authority",
                                    ":method",
                                    ":status",
                                    ":scheme",
                                    "content-type",
                                    "te",
                                    "grpc-encoding",
                                    "grpc-internal-encoding-request",
                                    "grpc-accept-encoding",
                                    "grpc-status",
                                    "grpc-timeout",
                                    "grpc-previous-rpc-attempts",
                                    "grpc-retry-pushback-ms",
                                    "user-agent",
                                    "grpc-message",
                                    "host",
                                    "endpoint-load-metrics-bin",
                                    "grpc-server-stats-bin",
                                    "grpc-trace-bin",
                                    "grpc-tags-bin",
                                    "grpclb_client_stats",
                                    "lb-cost-bin",
                                    "lb-token"};
  for (const absl::string_view name : kReservedMetadata) names.emplace_back(name);
  for (const std::string& name : names) {
    for (const std::string value : {"", "v", "trailers"}) {
      ExpectRefused(With(name, value), "\"" + name + "\"");
    }
  }
}

TEST_F(CallOptionsTest, NamesThatOthersUseDoNoHarm) {
  for (const char* const name : {"date", "cookie", "accept-encoding", "authorization", "trailer",
                                 "x-envoy-peer-metadata", "grpc", "grpclb", "lb-token-bin"}) {
    for (const Way way : kWays) {
      CallOptions call = With(name, "v");
      call.timeout = absl::Seconds(5);
      EXPECT_EQ(LookUpPort(way, *client_, 80, call).status(), absl::OkStatus()) << name;
    }
  }
}

TEST_F(CallOptionsTest, MoreMetadataThanTheServerTakesIsRefused) {
  constexpr size_t kOthers = sizeof("x-large") - 1 + 32;
  for (const AnyCall& each : EveryCall()) {
    const auto status_of = [&](size_t bytes) {
      return each.make(*client_, With("x-large", std::string(bytes, 'v')));
    };
    EXPECT_EQ(status_of(8193 - kOthers).code(), absl::StatusCode::kInvalidArgument) << each.name;
    // Less than 8 KiB, because gRPC's own metadata counts too.
    EXPECT_TRUE(status_of(7 << 10).ok()) << each.name << ": " << status_of(7 << 10);
  }
}

TEST_F(CallOptionsTest, TimeoutsOutOfBoundsAreRefused) {
  for (const absl::Duration timeout : {absl::ZeroDuration(), -absl::Nanoseconds(1),
                                       -absl::Seconds(1), -absl::InfiniteDuration()}) {
    CallOptions call;
    call.timeout = timeout;
    ExpectRefused(call, "timeout");
    ExpectRefused(call, absl::FormatDuration(timeout));
  }
}

TEST(ClientTimeoutTest, UnusableOneIsNamedByItsOption) {
  ClientOptions options;
  options.timeout = options.list_timeout = absl::ZeroDuration();
  const Client client(std::make_shared<v1::MockPortRegistryServiceStub>(), options);
  EXPECT_THAT(Message(client.LookupPort(443).status()), HasSubstr("ClientOptions.timeout is 0"));
  RecordStream stream = client.ListRange({});
  EXPECT_EQ(stream.Next(), nullptr);
  EXPECT_THAT(Message(stream.status()), HasSubstr("ClientOptions.list_timeout is 0"));
}

TEST_F(CallOptionsTest, AnyTimeoutAboveZeroIsTaken) {
  for (const absl::Duration timeout :
       {absl::InfiniteDuration(), absl::Hours(24 * 365 * 1000), absl::Minutes(1)}) {
    CallOptions call;
    call.timeout = timeout;
    for (const AnyCall& each : EveryCall()) {
      EXPECT_EQ(each.make(*client_, call), absl::OkStatus()) << each.name << timeout;
    }
  }
  CallOptions shortest;
  shortest.timeout = absl::Nanoseconds(1);
  for (const AnyCall& each : EveryCall()) {
    EXPECT_THAT(each.make(*client_, shortest).code(),
                AnyOf(absl::StatusCode::kOk, absl::StatusCode::kDeadlineExceeded,
                      absl::StatusCode::kUnavailable))
        << each.name;
  }
}

TEST_F(CallOptionsTest, MetadataComesWithEveryTry) {
  int tries = 0;
  service_.lookup = [&tries](const auto&, auto&) {
    return ++tries < 3 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "") : grpc::Status::OK;
  };
  for (const Way way : kWays) {
    tries = 0;
    ASSERT_TRUE(LookUpPort(way, *client_, 80, With("x-request-id", "7f3a")).ok());
  }
  EXPECT_THAT(service_.metadata(), SizeIs(6));
  for (const Metadata& seen : service_.metadata()) {
    EXPECT_THAT(ValuesOf(seen, "x-request-id"), ElementsAre("7f3a"));
  }
}

TEST_F(CallOptionsTest, MetadataComesWithEveryPartOfABatch) {
  service_.batch_lookup = AnswerOneByOne;
  v1::BatchLookupRequest request;
  for (int port = 0; port < 4; ++port) request.add_requests()->set_port(port);
  const CallOptions call = With("x-request-id", "7f3a");
  ASSERT_TRUE(client_->BatchLookup(request, call).ok());
  ASSERT_TRUE(Ask(&Client::BatchLookupAsync, *client_, request, call).ok());
  EXPECT_THAT(service_.metadata(), SizeIs(2 * 7));
  for (const Metadata& seen : service_.metadata()) {
    EXPECT_THAT(ValuesOf(seen, "x-request-id"), ElementsAre("7f3a"));
  }
}

TEST_F(CallOptionsTest, MetadataComesWithEveryStreamOfAListing) {
  service_.list_range = [](const v1::ListRangeRequest& request) {
    const bool last = request.resume_token() == "aaa";
    return ListScript{.messages = {MessageOf({"a"}, request.resume_token() + "a")},
                      .end = last ? grpc::Status::OK : Broken()};
  };
  const CallOptions call = With("x-request-id", "7f3a");
  EXPECT_EQ(StatusOf(client_->ListRange({}, call)), absl::OkStatus());
  EXPECT_EQ(StatusOf(client_->ListRangeAsync({}, call)), absl::OkStatus());
  EXPECT_THAT(TokensAsked(service_), ElementsAre("", "a", "aa", "aaa", "", "a", "aa", "aaa"));
  EXPECT_THAT(service_.metadata(), SizeIs(8));
  for (const Metadata& seen : service_.metadata()) {
    EXPECT_THAT(ValuesOf(seen, "x-request-id"), ElementsAre("7f3a"));
  }
}

TEST_F(CallOptionsTest, RefusalOfAListingComesAgain) {
  const CallOptions call = With("X", "v");
  RecordStream stream = client_->ListRange({}, call);
  AsyncRecordStream async = client_->ListRangeAsync({}, call);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(NextOf(async).status(), stream.status());
  }
  async.Cancel();
  EXPECT_EQ(NextOf(async).status(), stream.status());
}

TEST_F(CallOptionsTest, RefusalComesBeforeTheCallReturns) {
  bool refused = false;
  const PendingCall pending = client_->ClassifyAsync(
      {}, [&refused](const auto& answer) { refused = absl::IsInvalidArgument(answer.status()); },
      With("X", "v"));
  EXPECT_TRUE(refused);
  pending.Cancel();
}

TEST(CallOptionsMockTest, TimeoutIsTheCallsDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  absl::Time deadline;
  EXPECT_CALL(*stub, Classify).WillOnce([&](grpc::ClientContext* context, auto&, auto*) {
    deadline = absl::FromChrono(context->deadline());
    return grpc::Status::OK;
  });
  CallOptions call;
  call.timeout = absl::Minutes(7);
  const absl::Time before = absl::Now();
  ASSERT_TRUE(Client(stub).Classify({}, call).ok());
  EXPECT_GE(deadline, before + *call.timeout - absl::Milliseconds(1));
  EXPECT_LE(deadline, absl::Now() + *call.timeout + absl::Milliseconds(1));
}

}  // namespace
}  // namespace portreg
