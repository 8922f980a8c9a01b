#include "server/service/service.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "common/answers/list_range_answer.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/reload/registry_files.h"
#include "tests/common/test_messages.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

using ::testing::SizeIs;

// Returns the reason that an error's details state.
std::string ReasonOf(const grpc::Status& status) {
  errordetails::v1::Status details;
  errordetails::v1::ErrorInfo info;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  if (!details.details().empty()) info.ParseFromString(details.details(0).value());
  return info.reason();
}

TEST(ServiceTest, EveryMethodAnswersWhatItsHandlerDoes) {
  RunningServer server(SmallRegistry());
  const std::shared_ptr<const Snapshot> snapshot = server.publication().Current();
  const Registry& registry = snapshot->registry;

  const auto lookup = Proto<v1::LookupRequest>("service: 'HTTP' view: RECORD_VIEW_FULL");
  v1::LookupResponse found;
  ASSERT_TRUE(server.stub().Lookup(Context().get(), lookup, &found).ok());
  EXPECT_EQ(found.DebugString(), Lookup(registry, lookup)->DebugString());

  const auto batch = Proto<v1::BatchLookupRequest>("requests { port: 80 } requests {}");
  v1::BatchLookupResponse results;
  ASSERT_TRUE(server.stub().BatchLookup(Context().get(), batch, &results).ok());
  ASSERT_THAT(results.results(), SizeIs(2));
  EXPECT_EQ(results.revision(), registry.revision());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(results.results(i).DebugString(),
              LookupResultOf(registry, batch.requests(i)).DebugString());
  }

  const auto classify = Proto<v1::ClassifyRequest>("port: 80");
  v1::ClassifyResponse class_and_advice;
  ASSERT_TRUE(server.stub().Classify(Context().get(), classify, &class_and_advice).ok());
  EXPECT_EQ(class_and_advice.DebugString(), Classify(registry, classify)->DebugString());

  const auto check = Proto<v1::CheckRequest>("claims { first_port: 80 } claims { first_port: 80 }");
  v1::CheckResponse checked;
  ASSERT_TRUE(server.stub().Check(Context().get(), check, &checked).ok());
  EXPECT_EQ(checked.DebugString(), Check(registry, check, Today())->DebugString());
  EXPECT_THAT(checked.results(), SizeIs(2));

  const auto suggest = Proto<v1::SuggestRequest>("count: 3 key: 'checkout'");
  v1::SuggestResponse suggested;
  ASSERT_TRUE(server.stub().Suggest(Context().get(), suggest, &suggested).ok());
  EXPECT_EQ(suggested.DebugString(), Suggest(registry, suggest, Today())->DebugString());
  EXPECT_THAT(suggested.ports(), SizeIs(3));

  const auto search = Proto<v1::SearchRequest>("query: 'web'");
  v1::SearchResponse matches;
  ASSERT_TRUE(server.stub().Search(Context().get(), search, &matches).ok());
  EXPECT_EQ(matches.DebugString(), Search(*snapshot->search_index, search)->DebugString());
  EXPECT_THAT(matches.matches(), SizeIs(1));

  v1::GetRegistryInfoResponse info;
  ASSERT_TRUE(
      server.stub().GetRegistryInfo(Context().get(), v1::GetRegistryInfoRequest(), &info).ok());
  EXPECT_EQ(info.DebugString(), GetRegistryInfo(registry, {})->DebugString());
}

TEST(ServiceTest, AListingArrivesWhole) {
  RunningServer server(LoadRegistry({}).value());
  const Registry& registry = server.publication().Current()->registry;
  for (const char* text : {"include_portless: true", "include_portless: true layers: LAYER_IANA",
                           "view: RECORD_VIEW_FULL"}) {
    const auto request = Proto<v1::ListRangeRequest>(text);
    ListRangeAnswer expected = ListRange(registry, Read(request, registry).value());
    v1::ListRangeResponse all_expected;
    v1::ListRangeResponse message;
    bool last = false;
    while (!last) {
      last = expected.Next(message);
      all_expected.MergeFrom(message);
    }
    const std::unique_ptr<grpc::ClientContext> context = Context();
    const auto stream = server.stub().ListRange(context.get(), request);
    v1::ListRangeResponse received;
    while (stream->Read(&message)) received.MergeFrom(message);
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(received.SerializeAsString(), all_expected.SerializeAsString()) << text;
  }
}

TEST(ServiceTest, ErrorsArriveWithTheirDetails) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse found;
  const grpc::Status lookup = LookUp(server.stub(), 70000, &found);
  EXPECT_EQ(lookup.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(lookup.error_message(), "port 70000 is out of range [0, 65535]");
  EXPECT_EQ(ReasonOf(lookup), "PORT_OUT_OF_RANGE");

  const auto unknown = Proto<v1::LookupRequest>("service: 'nosuch'");
  const grpc::Status not_found = server.stub().Lookup(Context().get(), unknown, &found);
  EXPECT_EQ(not_found.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(not_found), "SERVICE_NOT_FOUND");

  v1::ClassifyResponse advice;
  const grpc::Status classify =
      server.stub().Classify(Context().get(), v1::ClassifyRequest(), &advice);
  EXPECT_EQ(ReasonOf(classify), "PORT_MISSING");

  v1::BatchLookupRequest large;
  for (int i = 0; i < 1001; ++i) large.add_requests();
  v1::BatchLookupResponse results;
  const grpc::Status batch = server.stub().BatchLookup(Context().get(), large, &results);
  EXPECT_EQ(ReasonOf(batch), "BATCH_TOO_LARGE");

  v1::CheckResponse checked;
  const grpc::Status check =
      server.stub().Check(Context().get(), Proto<v1::CheckRequest>("claims {}"), &checked);
  EXPECT_EQ(ReasonOf(check), "PORT_MISSING");

  v1::SuggestResponse suggested;
  const grpc::Status suggest = server.stub().Suggest(
      Context().get(), Proto<v1::SuggestRequest>("within_blocks: true"), &suggested);
  EXPECT_EQ(ReasonOf(suggest), "BLOCK_OWNER_MISSING");

  v1::SearchResponse matches;
  const grpc::Status search = server.stub().Search(Context().get(), v1::SearchRequest(), &matches);
  EXPECT_EQ(ReasonOf(search), "QUERY_EMPTY");

  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(
      context.get(), Proto<v1::ListRangeRequest>("first_port: 2 last_port: 1"));
  v1::ListRangeResponse message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(ReasonOf(stream->Finish()), "RANGE_REVERSED");
}

TEST(ServiceTest, BytesThatAreNoRequestAreRefusedWithAReason) {
  RunningServer server(SmallRegistry());
  const std::string service = "/portreg.v1.PortRegistryService/";
  for (const char* method : {"Lookup", "BatchLookup", "Classify", "Check", "Suggest", "ListRange",
                             "Search", "Watch", "GetRegistryInfo"}) {
    const grpc::Status status = CallRaw(server.address(), service + method, "\xFF\xFF\xFF");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << method;
  }
  const struct {
    const char* method;
    const char* bytes;
    const char* message;
  } texts[] = {
      {"Lookup", "\x12\x01\xFF", "service \"\\xff\" is not valid UTF-8"},
      {"BatchLookup", "\x0A\x03\x12\x01\xFF", "requests[0].service \"\\xff\" is not valid UTF-8"},
      {"Check", "\x0A\x03\x2A\x01\xFF", "claims[0].owner \"\\xff\" is not valid UTF-8"},
      {"Suggest", "\x5A\x01\xFF", "key \"\\xff\" is not valid UTF-8"},
      {"Search", "\x0A\x01\xFF", "query \"\\xff\" is not valid UTF-8"},
      {"ListRange", "\x3A\x01\xFF", "resume_token \"\\xff\" is not valid UTF-8"},
  };
  for (const auto& c : texts) {
    const grpc::Status status = CallRaw(server.address(), service + c.method, c.bytes);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << c.method;
    EXPECT_EQ(status.error_message(), c.message);
    EXPECT_EQ(ReasonOf(status), "INVALID_UTF8") << c.method;
  }
  EXPECT_TRUE(Ask(server.address()).ok());
}

TEST(ServiceTest, AnUnknownMethodIsUnimplemented) {
  RunningServer server(SmallRegistry());
  EXPECT_EQ(CallRaw(server.address(), "/portreg.v1.PortRegistryService/NoSuch", "").error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(ServiceTest, ARequestAbove256KibibytesIsTurnedAway) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse response;
  v1::LookupRequest request;
  request.set_service(std::string((256 << 10) - 4, 'x'));  // 4 bytes of framing
  EXPECT_EQ(ReasonOf(server.stub().Lookup(Context().get(), request, &response)),
            "SERVICE_TOO_LONG");
  request.mutable_service()->push_back('x');
  EXPECT_EQ(server.stub().Lookup(Context().get(), request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(ServiceTest, ACompressedRequestIsNotUnfolded) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse response;
  v1::LookupRequest request;
  request.set_service(std::string(100'000, 'x'));
  const std::unique_ptr<grpc::ClientContext> context = Context();
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Status status = server.stub().Lookup(context.get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("gzip"));
}

TEST(ServiceTest, APublishedRegistryIsServedFromTheNextCallOn) {
  RunningServer server(SmallRegistry("before"));
  v1::LookupResponse response;
  ASSERT_TRUE(LookUp(server.stub(), 80, &response).ok());
  EXPECT_EQ(response.records(0).service(), "before");
  server.publication().Publish(SmallRegistry("after"));
  ASSERT_TRUE(LookUp(server.stub(), 80, &response).ok());
  EXPECT_EQ(response.records(0).service(), "after");
  EXPECT_EQ(response.revision(), SmallRegistry("after").revision());
}

TEST(ServiceTest, AListingStaysWithTheRegistryItBeganWith) {
  RunningServer server(LargeRegistry());
  const std::string revision = server.publication().Current()->registry.revision();
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
  v1::ListRangeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  server.publication().Publish(SmallRegistry());
  int records = message.records_size();
  while (stream->Read(&message)) {
    records += message.records_size();
    EXPECT_EQ(message.revision(), revision);
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(records, 4000);
}

TEST(ServiceTest, AClientThatGoesAwayDoesNoHarm) {
  RunningServer server(LargeRegistry());
  for (int i = 0; i < 20; ++i) {
    const std::unique_ptr<grpc::ClientContext> context = Context();
    const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
    v1::ListRangeResponse message;
    ASSERT_TRUE(stream->Read(&message));
    context->TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(Ask(server.address()).ok());
}

TEST(ServiceTest, ManyClientsAreAnsweredAtOnce) {
  RunningServer server(SmallRegistry());
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&server] {
      for (int i = 0; i < 50; ++i) {
        v1::LookupResponse response;
        EXPECT_TRUE(LookUp(server.stub(), 80, &response).ok());
        EXPECT_THAT(response.records(), SizeIs(1));
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace portreg::server
