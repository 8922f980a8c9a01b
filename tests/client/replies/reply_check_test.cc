#include "client/replies/reply_check.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::PortRecord Ports(int32_t first, int32_t last) {
  v1::PortRecord record;
  record.set_first_port(first);
  record.set_last_port(last);
  return record;
}

TEST(ReplyCheckTest, PortsAreInOrderAndWithinBounds) {
  for (const auto& [first, last] : {std::pair(0, 0), {0, 65535}, {443, 443}, {65535, 65535}}) {
    EXPECT_THAT(FaultOf(Ports(first, last)), IsEmpty()) << first << " to " << last;
  }
  for (const auto& [first, last] : {std::pair(-1, 0), {0, 65536}, {443, 442}, {65536, 65536}}) {
    EXPECT_THAT(FaultOf(Ports(first, last)),
                HasSubstr("of ports " + std::to_string(first) + " to " + std::to_string(last)));
  }
  EXPECT_THAT(FaultOf(v1::PortRecord()), IsEmpty());
  v1::PortRecord half;
  half.set_first_port(443);
  EXPECT_THAT(FaultOf(half), HasSubstr("no last port"));
  half.Clear();
  half.set_last_port(443);
  EXPECT_THAT(FaultOf(half), HasSubstr("no first port"));
}

TEST(ReplyCheckTest, ValuesOfEnumsThatAreUnknownPass) {
  v1::LookupResponse reply;
  v1::PortRecord& record = *reply.add_records() = Ports(1, 1);
  record.set_layer(static_cast<v1::Layer>(259));
  record.set_transport(static_cast<v1::Transport>(257));
  reply.set_port_class(static_cast<v1::PortClass>(99));
  EXPECT_THAT(FaultOf(v1::LookupRequest(), reply), IsEmpty());
}

TEST(ReplyCheckTest, BatchHasAsManyResultsAsRequests) {
  v1::BatchLookupRequest request;
  for (int i = 0; i < 5; ++i) request.add_requests();
  v1::BatchLookupResponse reply;
  for (int results = 0; results < 8; ++results) {
    const std::string fault = FaultOf(request, reply);
    if (results == 5) {
      EXPECT_THAT(fault, IsEmpty());
    } else {
      EXPECT_EQ(fault, "has " + std::to_string(results) + " results for 5 requests");
    }
    reply.add_results()->mutable_response();
  }
}

TEST(ReplyCheckTest, ResultOfABatchHasAnOutcome) {
  v1::BatchLookupRequest request;
  request.add_requests();
  v1::BatchLookupResponse reply;
  v1::LookupResult& result = *reply.add_results();
  EXPECT_THAT(FaultOf(request, reply), HasSubstr("neither a response nor a failure"));
  result.mutable_failure();
  EXPECT_THAT(FaultOf(request, reply), HasSubstr("the code OK"));
  result.mutable_failure()->set_code(14);
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
  *result.mutable_response()->add_records() = Ports(2, 1);
  EXPECT_THAT(FaultOf(request, reply), HasSubstr("ports 2 to 1"));
}

// Returns a record of the ports that has a name and aliases.
v1::PortRecord Named(const std::string& service, const std::vector<std::string>& aliases = {}) {
  v1::PortRecord record = Ports(5, 5);
  record.set_service(service);
  for (const std::string& alias : aliases) record.add_aliases(alias);
  return record;
}

TEST(ReplyCheckTest, RecordsOfAPortCoverIt) {
  v1::LookupRequest request;
  request.set_port(443);
  const auto fault_of = [&](const v1::PortRecord& record) {
    v1::LookupResponse reply;
    *reply.add_records() = Ports(0, 65535);
    *reply.add_records() = record;
    return FaultOf(request, reply);
  };
  for (const auto& [first, last] : {std::pair(443, 443), {400, 443}, {443, 444}}) {
    EXPECT_THAT(fault_of(Ports(first, last)), IsEmpty()) << first;
  }
  EXPECT_EQ(fault_of(Ports(444, 444)), "has a record of ports 444 to 444, asked was port 443");
  EXPECT_EQ(fault_of(Ports(0, 442)), "has a record of ports 0 to 442, asked was port 443");
  EXPECT_EQ(fault_of(v1::PortRecord()), "has a record without a port, asked was port 443");
  EXPECT_THAT(FaultOf(request, v1::LookupResponse()), IsEmpty());
}

TEST(ReplyCheckTest, RecordsOfANameHaveIt) {
  const auto fault_of = [](const std::string& service, const v1::PortRecord& record) {
    v1::LookupRequest request;
    request.set_service(service);
    v1::LookupResponse reply;
    *reply.add_records() = record;
    return FaultOf(request, reply);
  };
  EXPECT_THAT(fault_of("HTTPS", Named("https")), IsEmpty());
  EXPECT_THAT(fault_of("https", Named("web", {"www", "Https"})), IsEmpty());
  EXPECT_THAT(fault_of("microsoft-ds", Named("SMB / Microsoft-DS")), IsEmpty());
  EXPECT_THAT(fault_of("smb / microsoft-DS", Named("SMB / Microsoft-DS")), IsEmpty());
  EXPECT_EQ(fault_of("https", Named("other", {"http"})),
            "has a record without the name asked for, \"https\"");
  EXPECT_THAT(fault_of("https", Ports(443, 443)), HasSubstr("without the name"));
  EXPECT_THAT(fault_of("SMB / ", Named("SMB / Microsoft-DS")), HasSubstr("without the name"));
}

TEST(ReplyCheckTest, ResultsOfABatchAreInTheOrderOfItsRequests) {
  v1::BatchLookupRequest request;
  v1::BatchLookupResponse reply;
  for (const int port : {22, 443, 80}) {
    request.add_requests()->set_port(port);
    *reply.add_results()->mutable_response()->add_records() = Ports(port, port);
  }
  request.add_requests()->set_service("https");
  *reply.add_results()->mutable_response()->add_records() = Named("https");
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
  reply.mutable_results()->SwapElements(1, 2);
  EXPECT_EQ(FaultOf(request, reply), "has a record of ports 80 to 80, asked was port 443");
}

TEST(ReplyCheckTest, ClassHasPortsInOrderAndThePortAsked) {
  v1::ClassifyRequest request;
  v1::ClassifyResponse reply;
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
  reply.set_port_class(v1::PORT_CLASS_REGISTERED);
  reply.set_first_port(1024);
  EXPECT_THAT(FaultOf(request, reply), HasSubstr("ports 1024 to 0"));
  reply.set_last_port(49151);
  for (const int port : {1024, 49151}) {
    request.set_port(port);
    EXPECT_THAT(FaultOf(request, reply), IsEmpty());
  }
  for (const int port : {1023, 49152}) {
    request.set_port(port);
    EXPECT_EQ(FaultOf(request, reply),
              "has a class of ports 1024 to 49151, asked was port " + std::to_string(port));
  }
}

v1::CheckRequest TwoClaims() {
  v1::CheckRequest request;
  v1::Claim& range = *request.add_claims();
  range.set_first_port(7100);
  range.set_last_port(7109);
  request.add_claims()->set_first_port(0);
  return request;
}

// Returns a sound finding about the ports.
v1::Finding Finding(int32_t first_port, int32_t last_port) {
  v1::Finding finding;
  finding.set_severity(v1::SEVERITY_WARNING);
  finding.set_kind(v1::ADVISORY_KIND_IANA_ASSIGNED);
  finding.set_first_port(first_port);
  finding.set_last_port(last_port);
  return finding;
}

// Returns the fault of a reply to TwoClaims whose result `which` has one finding.
std::string FaultOfOneFinding(const v1::Finding& finding, int which = 0) {
  v1::CheckResponse reply;
  reply.add_results();
  reply.add_results();
  *reply.mutable_results(which)->add_findings() = finding;
  reply.mutable_results(which)->set_total_count(1);
  return FaultOf(TwoClaims(), reply);
}

TEST(ReplyCheckTest, CheckHasAsManyResultsAsClaims) {
  v1::CheckResponse reply;
  for (int results = 0; results < 4; ++results) {
    const std::string fault = FaultOf(TwoClaims(), reply);
    if (results == 2) {
      EXPECT_THAT(fault, IsEmpty());
    } else {
      EXPECT_EQ(fault, "has " + std::to_string(results) + " results for 2 claims");
    }
    reply.add_results();
  }
}

TEST(ReplyCheckTest, CheckCountsItsFindings) {
  v1::CheckResponse reply;
  reply.add_results();
  v1::ClaimResult& result = *reply.add_results();
  *result.add_findings() = Finding(0, 0);
  EXPECT_EQ(FaultOf(TwoClaims(), reply), "has 1 findings of 0 in all");
  result.set_total_count(1);
  EXPECT_THAT(FaultOf(TwoClaims(), reply), IsEmpty());
  result.set_total_count(1'000);
  EXPECT_THAT(FaultOf(TwoClaims(), reply), IsEmpty());
}

TEST(ReplyCheckTest, FindingIsAboutPortsOfItsClaim) {
  EXPECT_THAT(FaultOfOneFinding(Finding(0, 0), 1), IsEmpty());
  EXPECT_THAT(FaultOfOneFinding(Finding(7100, 7109)), IsEmpty());
  EXPECT_THAT(FaultOfOneFinding(Finding(7104, 7104)), IsEmpty());
  for (const auto& [first, last] :
       {std::pair(7099, 7100), {7109, 7110}, {7105, 7104}, {-1, 7100}, {7100, 70'000}}) {
    EXPECT_EQ(FaultOfOneFinding(Finding(first, last)),
              "has a finding of ports " + std::to_string(first) + " to " + std::to_string(last) +
                  ", which must be in order and within the claim's, 7100 to 7109");
  }
  EXPECT_THAT(FaultOfOneFinding(Finding(1, 1), 1), HasSubstr("the claim's, 0 to 0"));
}

TEST(ReplyCheckTest, FindingHasSeverityAndKind) {
  v1::Finding finding = Finding(7100, 7100);
  finding.set_severity(v1::SEVERITY_UNSPECIFIED);
  EXPECT_EQ(FaultOfOneFinding(finding), "has a finding without a severity");
  // A later server may know more severities and kinds.
  finding.set_severity(static_cast<v1::Severity>(99));
  finding.set_kind(static_cast<v1::AdvisoryKind>(99));
  EXPECT_THAT(FaultOfOneFinding(finding), IsEmpty());
  finding.set_kind(v1::ADVISORY_KIND_UNSPECIFIED);
  EXPECT_EQ(FaultOfOneFinding(finding), "has a finding without a kind");
}

TEST(ReplyCheckTest, FindingNamesAnotherClaimOfTheRequest) {
  v1::Finding finding = Finding(7100, 7100);
  finding.set_kind(v1::ADVISORY_KIND_CLAIMS_COLLIDE);
  EXPECT_EQ(FaultOfOneFinding(finding), "has a collision without the other claim");
  finding.set_other_claim(1);
  EXPECT_THAT(FaultOfOneFinding(finding), IsEmpty());
  for (const int other : {-1, 0, 2, 1'000'000}) {
    finding.set_other_claim(other);
    EXPECT_EQ(FaultOfOneFinding(finding), "has claim 0 collide with claim " +
                                              std::to_string(other) +
                                              ", which must be another one of 2");
  }
}

TEST(ReplyCheckTest, RecordsOfAFindingAreChecked) {
  v1::Finding finding = Finding(7100, 7100);
  *finding.add_records() = Ports(2, 1);
  EXPECT_THAT(FaultOfOneFinding(finding), HasSubstr("ports 2 to 1"));
}

// Returns a sound reply that suggests these ports.
v1::SuggestResponse Suggested(const std::vector<int32_t>& ports) {
  v1::SuggestResponse reply;
  for (const int32_t port : ports) reply.add_ports(port);
  reply.set_free_count(50);
  reply.set_candidate_count(100);
  return reply;
}

TEST(ReplyCheckTest, SuggestHasNoMorePortsThanAsked) {
  v1::SuggestRequest request;
  EXPECT_THAT(FaultOf(request, v1::SuggestResponse()), IsEmpty());
  EXPECT_THAT(FaultOf(request, Suggested({1024})), IsEmpty());
  EXPECT_EQ(FaultOf(request, Suggested({1024, 1025})), "has 2 ports, at most 1 were asked for");
  request.set_count(3);
  EXPECT_THAT(FaultOf(request, Suggested({1024, 49151, 1025})), IsEmpty());
  EXPECT_THAT(FaultOf(request, Suggested({1024, 1025, 1026, 1027})), HasSubstr("at most 3"));
}

TEST(ReplyCheckTest, SuggestedPortsAreOfTheRange) {
  v1::SuggestRequest request;
  for (const int32_t port : {-1, 1023, 49152, 65536}) {
    EXPECT_EQ(FaultOf(request, Suggested({port})),
              "suggests port " + std::to_string(port) + ", which must be within [1024, 49151]");
  }
  request.set_first_port(0);
  request.set_last_port(7);
  EXPECT_THAT(FaultOf(request, Suggested({0})), IsEmpty());
  EXPECT_THAT(FaultOf(request, Suggested({8})), HasSubstr("within [0, 7]"));
}

TEST(ReplyCheckTest, SuggestedPortsDifferAndAreNeighboursOnRequest) {
  v1::SuggestRequest request;
  request.set_count(3);
  EXPECT_EQ(FaultOf(request, Suggested({7100, 7200, 7100})), "suggests port 7100 twice");
  request.set_adjacent(true);
  EXPECT_THAT(FaultOf(request, Suggested({7100, 7101, 7102})), IsEmpty());
  EXPECT_EQ(FaultOf(request, Suggested({7100, 7101, 7103})),
            "suggests port 7103 after port 7101, neighbours were asked for");
}

TEST(ReplyCheckTest, SuggestCountsItsCandidates) {
  const v1::SuggestRequest request;
  v1::SuggestResponse reply = Suggested({7100});
  reply.set_free_count(0);
  EXPECT_EQ(FaultOf(request, reply), "has 1 ports of 0 that are free, of 100 in all");
  reply.set_free_count(101);
  EXPECT_EQ(FaultOf(request, reply), "has 1 ports of 101 that are free, of 100 in all");
  reply.set_free_count(-1);
  reply.clear_ports();
  EXPECT_THAT(FaultOf(request, reply), HasSubstr("of -1 that are free"));
  reply = Suggested({7100});
  v1::RefusalCount& refusal = *reply.add_refusals();
  EXPECT_EQ(FaultOf(request, reply), "has a refusal without a kind");
  refusal.set_kind(static_cast<v1::AdvisoryKind>(99));
  for (const int count : {-1, 101}) {
    refusal.set_port_count(count);
    EXPECT_EQ(FaultOf(request, reply),
              "has a refusal of " + std::to_string(count) + " ports of 100 in all");
  }
  refusal.set_port_count(100);
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
}

TEST(ReplyCheckTest, SearchHasNoMoreMatchesThanAsked) {
  v1::SearchRequest request;
  v1::SearchResponse reply;
  const auto fill = [&reply](int matches) {
    reply.clear_matches();
    for (int i = 0; i < matches; ++i) reply.add_matches()->mutable_record();
    reply.set_total_count(matches);
  };
  for (const auto& [asked, most] : {std::pair(0, 50), {1, 1}, {500, 500}}) {
    request.set_max_results(asked);
    fill(most);
    EXPECT_THAT(FaultOf(request, reply), IsEmpty());
    fill(most + 1);
    EXPECT_THAT(FaultOf(request, reply), HasSubstr("at most"));
  }
  fill(2);
  reply.set_total_count(1);
  EXPECT_EQ(FaultOf(request, reply), "has 2 matches of 1 in all");
  reply.set_total_count(2);
  reply.mutable_matches(1)->clear_record();
  EXPECT_EQ(FaultOf(request, reply), "has a match without a record");
}

TEST(ReplyCheckTest, MatchesAreOfTheLayersAsked) {
  v1::SearchRequest request;
  v1::SearchResponse reply;
  reply.add_matches()->mutable_record()->set_layer(v1::LAYER_LOCAL);
  reply.add_matches()->mutable_record()->set_layer(v1::LAYER_IANA);
  reply.set_total_count(2);
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
  request.add_layers(v1::LAYER_IANA);
  EXPECT_EQ(FaultOf(request, reply), "has a record of layer LAYER_LOCAL, which was not asked for");
  request.add_layers(v1::LAYER_LOCAL);
  EXPECT_THAT(FaultOf(request, reply), IsEmpty());
}

TEST(ReplyCheckTest, WatchTellsARevision) {
  v1::WatchResponse reply;
  EXPECT_EQ(FaultOf(v1::WatchRequest(), reply), kNoRevision);
  reply.set_revision("1");
  EXPECT_THAT(FaultOf(v1::WatchRequest(), reply), IsEmpty());
}

TEST(ReplyCheckTest, StatusNamesMethodAndFault) {
  EXPECT_EQ(BrokenReply("BatchLookup", "has 3 results for 5 requests"),
            absl::InternalError("the server's reply to BatchLookup has 3 results for 5 requests"));
}

}  // namespace
}  // namespace portreg::internal
