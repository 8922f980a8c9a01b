#include "client/replies/reply_check.h"

#include <cstdint>
#include <string>
#include <utility>

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

TEST(ReplyCheckTest, ClassHasPortsInOrder) {
  v1::ClassifyResponse reply;
  EXPECT_THAT(FaultOf(v1::ClassifyRequest(), reply), IsEmpty());
  reply.set_first_port(1024);
  EXPECT_THAT(FaultOf(v1::ClassifyRequest(), reply), HasSubstr("ports 1024 to 0"));
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
