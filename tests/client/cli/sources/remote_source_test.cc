#include "client/cli/sources/remote_source.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/sources/requests.h"
#include "common/model/port.h"
#include "common/model/query.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/fake_server.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::SearchRequest Sql() {
  v1::SearchRequest request;
  request.set_query("sql");
  return request;
}

v1::BatchLookupRequest Batch(const std::string& key) {
  v1::BatchLookupRequest batch;
  *batch.add_requests() = LookupRequestFor(ParseQuery(key).value(), v1::RECORD_VIEW_BASIC);
  return batch;
}

v1::ListRangeRequest All() { return {}; }

class RemoteSourceTest : public ::testing::Test {
 protected:
  // Answers every lookup with its port. The n-th batch has the n-th revision, and further
  // ones have the last.
  void AnswerBatches(std::vector<std::string> revisions) {
    service_.batch_lookup = [revisions = std::move(revisions), next = size_t{0}](
                                const v1::BatchLookupRequest& request,
                                v1::BatchLookupResponse& response) mutable {
      for (const v1::LookupRequest& each : request.requests()) {
        v1::PortRecord& record = *response.add_results()->mutable_response()->add_records();
        record.set_service(each.service());
        record.set_first_port(each.port());
        record.set_last_port(each.port());
      }
      response.set_revision(revisions[std::min(next++, revisions.size() - 1)]);
      return grpc::Status::OK;
    };
  }

  [[nodiscard]] absl::StatusOr<v1::BatchLookupResponse> LookUpPorts(int count) const {
    std::vector<v1::LookupRequest> requests(count);
    for (int port = 0; port < count; ++port) requests[port].set_port(port);
    return LookUpAll(requests, *source_);
  }

  FakeService service_;
  FakeServer server_{service_};
  std::unique_ptr<Source> source_ = MakeRemoteSource(OptionsFor(server_.target())).value();
};

TEST_F(RemoteSourceTest, IsCalledByItsTarget) { EXPECT_EQ(source_->Name(), server_.target()); }

TEST_F(RemoteSourceTest, IsCalledByTheDefaultAddressWithoutATarget) {
  EXPECT_EQ(MakeRemoteSource({}).value()->Name(), kDefaultAddress);
}

TEST_F(RemoteSourceTest, QueriesBecomeRequests) {
  AnswerBatches({"revision"});
  std::vector<v1::LookupRequest> requests;
  for (const char* key : {"0", "443/tcp", "https", "syslog/udp", "U:53"}) {
    requests.push_back(LookupRequestFor(ParseQuery(key).value(), v1::RECORD_VIEW_UNSPECIFIED));
  }
  ASSERT_TRUE(LookUpAll(requests, *source_).ok());
  const std::vector<v1::BatchLookupRequest> batches = service_.batches();
  ASSERT_THAT(batches, SizeIs(1));
  std::vector<std::string> asked;
  for (const v1::LookupRequest& request : batches[0].requests()) {
    asked.push_back(request.ShortDebugString());
  }
  EXPECT_THAT(asked,
              ElementsAre("port: 0", "port: 443 transport: TRANSPORT_TCP", "service: \"https\"",
                          "service: \"syslog\" transport: TRANSPORT_UDP",
                          "port: 53 transport: TRANSPORT_UDP"));
}

TEST_F(RemoteSourceTest, TheViewIsAskedFor) {
  AnswerBatches({"revision"});
  ASSERT_TRUE(
      LookUpAll({LookupRequestFor(ParseQuery("443").value(), v1::RECORD_VIEW_FULL)}, *source_)
          .ok());
  EXPECT_EQ(service_.batches()[0].requests(0).view(), v1::RECORD_VIEW_FULL);
}

TEST_F(RemoteSourceTest, SearchIsHandedOn) {
  std::vector<std::string> asked;
  service_.search = [&asked](const v1::SearchRequest& request, v1::SearchResponse& response) {
    asked.push_back(request.ShortDebugString());
    response.set_total_count(7);
    return grpc::Status::OK;
  };
  const absl::StatusOr<v1::SearchResponse> answer = source_->Search(Sql());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->total_count(), 7);
  EXPECT_THAT(asked, ElementsAre(Sql().ShortDebugString()));
}

TEST_F(RemoteSourceTest, EveryCallHasTheMetadata) {
  service_.AnswerAll(grpc::Status::OK);
  service_.list_range = [](const auto&) { return ListScript(); };
  CallOptions call;
  call.metadata = {{"x-request-id", "7f3a"}, {"a-bin", std::string("\0\xff", 2)}};
  source_ = MakeRemoteSource(OptionsFor(server_.target()), call).value();
  ASSERT_TRUE(source_->BatchLookup(Batch("443")).ok());
  ASSERT_TRUE(source_->Classify(ClassifyRequestFor(ParseQuery("80").value())).ok());
  ASSERT_TRUE(source_->ListRange(All(), [](const v1::PortRecord&) { return true; }).ok());
  ASSERT_TRUE(source_->Check({}).ok());
  ASSERT_TRUE(source_->Suggest({}).ok());
  ASSERT_TRUE(source_->Search(Sql()).ok());
  ASSERT_TRUE(source_->GetRegistryInfo().ok());
  ASSERT_THAT(service_.metadata(), SizeIs(7));
  for (const auto& metadata : service_.metadata()) {
    EXPECT_THAT(metadata, ::testing::Contains(::testing::Pair("x-request-id", "7f3a")));
    EXPECT_THAT(metadata, ::testing::Contains(::testing::Pair("a-bin", std::string("\0\xff", 2))));
  }
}

TEST_F(RemoteSourceTest, ManyQueriesAreAskedAThousandAtATime) {
  AnswerBatches({"revision"});
  const absl::StatusOr<v1::BatchLookupResponse> answer = LookUpPorts(2001);
  ASSERT_TRUE(answer.ok()) << answer.status();
  std::vector<int> sizes;
  for (const v1::BatchLookupRequest& batch : service_.batches()) {
    sizes.push_back(batch.requests_size());
  }
  EXPECT_THAT(sizes, ElementsAre(1000, 1000, 1));
  ASSERT_EQ(answer->results_size(), 2001);
  for (int port = 0; port <= 2000; ++port) {
    EXPECT_EQ(answer->results(port).response().records(0).first_port(), port);
  }
  EXPECT_EQ(answer->revision(), "revision");
}

TEST_F(RemoteSourceTest, AnswersOfSeveralRevisionsHaveNone) {
  const std::vector<std::vector<std::string>> table = {
      {"old", "new", "new"}, {"old", "old", "new"}, {"old", "new", "old"}};
  for (const std::vector<std::string>& revisions : table) {
    AnswerBatches(revisions);
    const absl::StatusOr<v1::BatchLookupResponse> answer = LookUpPorts(2001);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->revision(), "");
    EXPECT_EQ(answer->results_size(), 2001);
  }
}

TEST_F(RemoteSourceTest, NoQueriesAreNoCall) {
  ASSERT_TRUE(LookUpAll({}, *source_).ok());
  EXPECT_THAT(service_.batches(), IsEmpty());
}

TEST_F(RemoteSourceTest, ErrorOfABatchIsTheLookups) {
  service_.batch_lookup = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "broken");
  };
  EXPECT_EQ(LookUpPorts(1).status(), absl::InternalError("broken"));
}

TEST_F(RemoteSourceTest, AListingIsHandedOn) {
  service_.list_range = [](const auto&) { return ListScript(); };
  v1::ListRangeRequest request = ListRequestFor(
      {80, 90}, Transport::kUdp, {Layer::kIana, Layer::kLocal}, v1::RECORD_VIEW_UNSPECIFIED);
  request.set_include_portless(true);
  ASSERT_TRUE(source_->ListRange(request, [](const v1::PortRecord&) { return true; }).ok());
  ASSERT_THAT(service_.listings(), SizeIs(1));
  EXPECT_EQ(service_.listings()[0].ShortDebugString(),
            "first_port: 80 last_port: 90 transport: TRANSPORT_UDP layers: LAYER_IANA "
            "layers: LAYER_LOCAL include_portless: true");
}

v1::ListRangeResponse MessageOf(const std::vector<std::string>& names) {
  v1::ListRangeResponse message;
  for (const std::string& name : names) message.add_records()->set_service(name);
  message.set_revision("revision");
  return message;
}

TEST_F(RemoteSourceTest, ListHandsOverEveryRecord) {
  service_.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a", "b"}), MessageOf({"c"})}};
  };
  std::vector<std::string> names;
  const absl::StatusOr<std::string> revision =
      source_->ListRange(All(), [&](const v1::PortRecord& record) {
        names.push_back(record.service());
        return true;
      });
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(*revision, "revision");
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST_F(RemoteSourceTest, ListEndsWhenNoMoreIsWanted) {
  service_.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a", "b", "c"})}, .end = std::nullopt};
  };
  std::vector<std::string> names;
  const absl::StatusOr<std::string> revision =
      source_->ListRange(All(), [&](const v1::PortRecord& record) {
        names.push_back(record.service());
        return names.size() < 2;
      });
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(*revision, "revision");
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_TRUE(service_.WaitForCancellation());
}

TEST_F(RemoteSourceTest, ErrorAfterSomeRecordsIsTheLists) {
  service_.list_range = [](const auto&) {
    return ListScript{.messages = {MessageOf({"a"})},
                      .end = grpc::Status(grpc::StatusCode::INTERNAL, "broken")};
  };
  int records = 0;
  const absl::StatusOr<std::string> revision =
      source_->ListRange(All(), [&](const v1::PortRecord&) {
        ++records;
        return true;
      });
  EXPECT_EQ(revision.status(), absl::InternalError("broken"));
  EXPECT_EQ(records, 1);
}

TEST_F(RemoteSourceTest, BatchWithAnotherCountOfResultsIsAnError) {
  for (const int count : {0, 1, 3}) {
    service_.batch_lookup = [count](const auto&, v1::BatchLookupResponse& response) {
      for (int i = 0; i < count; ++i) response.add_results()->mutable_response();
      response.set_revision("revision");
      return grpc::Status::OK;
    };
    EXPECT_EQ(LookUpPorts(2).status().code(), absl::StatusCode::kInternal) << count;
  }
}

TEST_F(RemoteSourceTest, AnswersBeyondWhatIsHeldAreRefused) {
  service_.batch_lookup = [](const v1::BatchLookupRequest& request,
                             v1::BatchLookupResponse& response) {
    for (const v1::LookupRequest& each : request.requests()) {
      v1::PortRecord& record = *response.add_results()->mutable_response()->add_records();
      record.set_first_port(each.port());
      record.set_last_port(each.port());
      record.set_description(std::string(3'000, 'x'));
    }
    response.set_revision("revision");
    return grpc::Status::OK;
  };
  EXPECT_TRUE(LookUpPorts(5'000).ok());
  EXPECT_EQ(LookUpPorts(20'000).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RemoteSourceTest, UnusableOptionsAreRefused) {
  ClientOptions options = OptionsFor(server_.target());
  options.retry.max_attempts = 9;
  EXPECT_EQ(MakeRemoteSource(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RemoteSourceTest, UnreachableServerIsUnavailableToEveryQuestion) {
  const DeafPort port(DeafPort::Kind::kRefuses);
  source_ = MakeRemoteSource(OptionsFor(port.target())).value();
  for (const absl::Status& status :
       {LookUpPorts(1).status(),
        source_->Classify(ClassifyRequestFor(ParseQuery("80").value())).status(),
        source_->ListRange(All(), [](const v1::PortRecord&) { return true; }).status(),
        source_->Check({}).status(), source_->Suggest({}).status(), source_->Search(Sql()).status(),
        source_->GetRegistryInfo().status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_THAT(Message(status), HasSubstr(port.target()));
  }
}

}  // namespace
}  // namespace portreg::cli
