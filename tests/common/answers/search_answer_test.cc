// Tests the handler of the RPC Search.
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "common/search/search.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Registry LogRegistry() {
  return MakeRegistry({.iana = "syslog,2514,udp,Log\n,2514,tcp,Reserved for log\nsyslog,,tcp,\n"
                               "syslog-tls,6514,tcp,Log over TLS\n",
                       .common = "Syslog / Logging,2514,,Logs of machines\n",
                       .local = "logs,2514,tcp,Ours\n"});
}

v1::SearchResponse SearchOk(const Registry& registry, absl::string_view request) {
  const absl::StatusOr<v1::SearchResponse> response =
      Search(SearchIndex(registry), Proto<v1::SearchRequest>(request));
  EXPECT_TRUE(response.ok()) << request << ": " << response.status();
  return response.ok() ? *response : v1::SearchResponse();
}

std::vector<std::string> Services(const v1::SearchResponse& response) {
  std::vector<std::string> services;
  for (const v1::SearchMatch& match : response.matches()) {
    services.push_back(match.record().service());
  }
  return services;
}

TEST(SearchHandlerTest, FindsNothingOnceItIsCancelled) {
  const Registry registry = LogRegistry();
  const std::atomic<bool> cancelled = true;
  const absl::StatusOr<v1::SearchResponse> response =
      Search(SearchIndex(registry), Proto<v1::SearchRequest>("query: 'log'"), &cancelled);
  ASSERT_TRUE(response.ok());
  EXPECT_THAT(response->matches(), IsEmpty());
}

TEST(SearchHandlerTest, AnswersWithRecordsKindsAndFields) {
  const Registry registry = LogRegistry();
  v1::SearchResponse expected = Proto<v1::SearchResponse>(R"(
      matches {
        record { first_port: 2514 last_port: 2514 transport: TRANSPORT_TCP service: "logs"
                 description: "Ours" layer: LAYER_LOCAL }
        kind: MATCH_KIND_NAME_PREFIX fields: MATCH_FIELD_SERVICE
      }
      matches {
        record { first_port: 6514 last_port: 6514 transport: TRANSPORT_TCP service: "syslog-tls"
                 description: "Log over TLS" layer: LAYER_IANA }
        kind: MATCH_KIND_WORD fields: [MATCH_FIELD_SERVICE, MATCH_FIELD_DESCRIPTION]
      }
      matches {
        record { first_port: 2514 last_port: 2514 transport: TRANSPORT_TCP
                 description: "Reserved for log" layer: LAYER_IANA }
        kind: MATCH_KIND_WORD fields: MATCH_FIELD_DESCRIPTION
      }
      matches {
        record { transport: TRANSPORT_TCP service: "syslog" layer: LAYER_IANA }
        kind: MATCH_KIND_PART_OF_WORD fields: MATCH_FIELD_SERVICE
      }
      total_count: 4
      similar_services: "logs")");
  expected.set_revision(registry.revision());
  for (v1::SearchMatch& match : *expected.mutable_matches()) {
    v1::PortRecord& record = *match.mutable_record();
    record.set_source(std::string(SourceOf(static_cast<Layer>(record.layer()))));
  }
  EXPECT_EQ(
      SearchOk(registry, "query: 'LOG' transport: TRANSPORT_TCP layers: [3, 1]").DebugString(),
      expected.DebugString());
}

TEST(SearchHandlerTest, NothingFoundIsAnAnswer) {
  const Registry registry = LogRegistry();
  const v1::SearchResponse response = SearchOk(registry, "query: 'gopher'");
  EXPECT_THAT(response.matches(), IsEmpty());
  EXPECT_EQ(response.total_count(), 0);
  EXPECT_THAT(response.similar_services(), IsEmpty());
  EXPECT_EQ(response.revision(), registry.revision());
}

TEST(SearchHandlerTest, NamesThatAreNearAreSuggested) {
  const Registry registry = LogRegistry();
  EXPECT_THAT(SearchOk(registry, "query: 'sylsog'").similar_services(), ElementsAre("syslog"));
  EXPECT_THAT(SearchOk(registry, "query: 'syslog'").similar_services(), IsEmpty());
}

TEST(SearchHandlerTest, FiftyMatchesUnlessToldAndAllAreCounted) {
  std::string rows;
  for (int i = 0; i < 600; ++i) absl::StrAppend(&rows, "n", i, ",", i, ",tcp,log\n");
  const Registry registry = MakeRegistry({.iana = rows});
  const struct {
    const char* request;
    int count;
  } cases[] = {{"query: 'log'", 50},
               {"query: 'log' max_results: 0", 50},
               {"query: 'log' max_results: 1", 1},
               {"query: 'log' max_results: 500", 500}};
  for (const auto& c : cases) {
    const v1::SearchResponse response = SearchOk(registry, c.request);
    EXPECT_THAT(response.matches(), SizeIs(c.count)) << c.request;
    EXPECT_EQ(response.total_count(), 600) << c.request;
  }
}

TEST(SearchHandlerTest, DetailsAreInTheFullViewOnly) {
  for (const char* view : {"", " view: RECORD_VIEW_BASIC"}) {
    const auto basic = SearchOk(EmbeddedRegistry(), absl::StrCat("query: 'http'", view));
    EXPECT_FALSE(basic.matches().empty());
    for (const v1::SearchMatch& match : basic.matches()) EXPECT_FALSE(match.record().has_details());
  }
  const auto full = SearchOk(EmbeddedRegistry(), "query: 'http' view: RECORD_VIEW_FULL");
  for (const v1::SearchMatch& match : full.matches()) EXPECT_TRUE(match.record().has_details());
}

TEST(SearchHandlerTest, FiltersReachTheSearch) {
  const Registry registry = LogRegistry();
  EXPECT_THAT(Services(SearchOk(registry, "query: 'syslog'")),
              ElementsAre("Syslog / Logging", "syslog", "syslog", "syslog-tls"));
  EXPECT_THAT(Services(SearchOk(registry, "query: 'syslog' transport: TRANSPORT_UDP")),
              ElementsAre("Syslog / Logging", "syslog"));
  EXPECT_THAT(Services(SearchOk(registry, "query: 'syslog' layers: LAYER_COMMON")),
              ElementsAre("Syslog / Logging"));
}

TEST(SearchHandlerTest, ManyRecordsWithDetailsFitAMessage) {
  const v1::SearchResponse response =
      SearchOk(EmbeddedRegistry(), "query: 'e' max_results: 500 view: RECORD_VIEW_FULL");
  EXPECT_THAT(response.matches(), SizeIs(500));
  EXPECT_LE(response.ByteSizeLong(), size_t{4} << 20);  // the most that clients accept
}

TEST(SearchHandlerTest, ARequestThatIsRefusedIsNotSearchedFor) {
  const Registry registry = LogRegistry();
  const struct {
    const char* request;
    const char* reason;
    const char* field;
  } cases[] = {{"", "QUERY_EMPTY", "query"},
               {"query: 'a' max_results: -1", "MAX_RESULTS_OUT_OF_RANGE", "max_results"},
               {"query: 'a' layers: [9]", "LAYER_UNKNOWN", "layers[0]"}};
  for (const auto& c : cases) {
    const absl::Status status =
        Search(SearchIndex(registry), Proto<v1::SearchRequest>(c.request)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.request;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.request;
    EXPECT_EQ(FieldOf(status), c.field) << c.request;
  }
}

TEST(SearchHandlerTest, EqualAnswersAreEqualBytes) {
  const auto bytes = [](absl::string_view request) {
    return SearchOk(EmbeddedRegistry(), request).SerializeAsString();
  };
  EXPECT_EQ(bytes("query: 'HTTP'"), bytes("query: ' http '"));
  EXPECT_EQ(bytes("query: 'http'"), bytes("query: 'http' max_results: 50"));
  EXPECT_NE(bytes("query: 'http'"), bytes("query: 'https'"));
}

TEST(SearchHandlerTest, OwnersAreFoundAndNamedAsTheReason) {
  const Registry registry = MakeScopedRegistry("billing,1,tcp,,payments,,eu\naudit,2,tcp,,,,us\n");
  const v1::SearchResponse found = SearchOk(registry, "query: 'Payment'");
  ASSERT_THAT(found.matches(), SizeIs(1));
  EXPECT_EQ(found.matches(0).kind(), v1::MATCH_KIND_PART_OF_WORD);
  EXPECT_THAT(found.matches(0).fields(), ElementsAre(v1::MATCH_FIELD_OWNER));
  EXPECT_EQ(SearchOk(registry, "query: 'payments' scope: 'us'").total_count(), 0);
  EXPECT_EQ(SearchOk(registry, "query: 'payments' scope: 'eu/prod'").total_count(), 1);
}

}  // namespace
}  // namespace portreg
