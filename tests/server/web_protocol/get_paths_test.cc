#include "server/web_protocol/get_paths.h"

#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/common/test_messages.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

// Returns the message that a path asks with, as text.
template <typename Request>
std::string Asked(const std::vector<std::string>& path, absl::string_view query, Method method) {
  const std::optional<QuestionOrRefusal> read = ReadGetPath(path, query);
  if (!read) return "no path";
  if (const auto* const refusal = std::get_if<WebRefusal>(&*read)) {
    return std::string(refusal->error.message());
  }
  const auto& question = std::get<WebQuestion>(*read);
  EXPECT_EQ(question.method, method);
  Request request;
  EXPECT_TRUE(request.ParseFromString(question.request));
  return request.ShortDebugString();
}

absl::Status Refused(const std::vector<std::string>& path, absl::string_view query) {
  const std::optional<QuestionOrRefusal> read = ReadGetPath(path, query);
  if (!read || std::holds_alternative<WebQuestion>(*read)) return absl::OkStatus();
  return std::get<WebRefusal>(*read).error;
}

TEST(GetPathsTest, AskForAPort) {
  EXPECT_EQ(Asked<v1::LookupRequest>({"ports", "443"}, "", Method::kLookup), "port: 443");
  EXPECT_EQ(Asked<v1::LookupRequest>({"ports", "443"}, "transport=tcp&view=full&scope=eu%2Fprod",
                                     Method::kLookup),
            "port: 443 transport: TRANSPORT_TCP view: RECORD_VIEW_FULL scope: \"eu/prod\"");
  EXPECT_EQ(Asked<v1::LookupRequest>({"ports", "70000"}, "", Method::kLookup), "port: 70000");
}

TEST(GetPathsTest, AskForAName) {
  EXPECT_EQ(Asked<v1::LookupRequest>({"services", "SMB / x"}, "", Method::kLookup),
            "service: \"SMB / x\"");
  EXPECT_EQ(Asked<v1::LookupRequest>({"services", ""}, "", Method::kLookup), "service: \"\"");
}

TEST(GetPathsTest, AskForAListing) {
  EXPECT_EQ(Asked<v1::ListRangeRequest>({"ports"}, "", Method::kListRange), "");
  EXPECT_EQ(Asked<v1::ListRangeRequest>(
                {"ports"},
                "first=1&last=9&transport=UDP&layer=local&layer=LAYER_IANA&include_portless=true&"
                "resume_token=a.1",
                Method::kListRange),
            "first_port: 1 last_port: 9 transport: TRANSPORT_UDP layers: LAYER_LOCAL layers: "
            "LAYER_IANA include_portless: true resume_token: \"a.1\"");
}

TEST(GetPathsTest, AskForTheRest) {
  EXPECT_EQ(Asked<v1::SearchRequest>({"search"}, "q=big+data&max_results=5", Method::kSearch),
            "query: \"big data\" max_results: 5");
  EXPECT_EQ(Asked<v1::ClassifyRequest>({"classify", "80"}, "transport=sctp", Method::kClassify),
            "port: 80 transport: TRANSPORT_SCTP");
  EXPECT_EQ(Asked<v1::GetRegistryInfoRequest>({"info"}, "", Method::kGetRegistryInfo), "");
}

TEST(GetPathsTest, OtherPathsDoNotExist) {
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {}, {""}, {"port"}, {"ports", "1", "2"}, {"search", "x"}, {"info", ""}, {"services"}}) {
    EXPECT_FALSE(ReadGetPath(path, "").has_value());
  }
}

TEST(GetPathsTest, ARefusalNamesTheMethodThatIsCalled) {
  const struct {
    std::vector<std::string> path;
    const char* query;
    Method method;
  } cases[] = {
      {{"ports", "abc"}, "", Method::kLookup},
      {{"ports", "443"}, "foo=1", Method::kLookup},
      {{"ports"}, "first=x", Method::kListRange},
      {{"classify", "x"}, "", Method::kClassify},
  };
  for (const auto& each : cases) {
    const std::optional<QuestionOrRefusal> read = ReadGetPath(each.path, each.query);
    ASSERT_TRUE(read && std::holds_alternative<WebRefusal>(*read));
    EXPECT_EQ(std::get<WebRefusal>(*read).method, each.method);
  }
}

TEST(GetPathsTest, ValuesOfOtherTypesAreRefusedWithTheReasonOfTheField) {
  struct {
    std::vector<std::string> path;
    const char* query;
    const char* reason;
    const char* text;
  } const cases[] = {
      {{"ports", "https"},
       "",
       "PORT_OUT_OF_RANGE",
       "port \"https\" is not a whole number in [0, 65535]"},
      {{"ports", ""}, "", "PORT_OUT_OF_RANGE", "port \"\""},
      {{"ports", "99999999999"}, "", "PORT_OUT_OF_RANGE", "99999999999"},
      {{"ports", "+443"}, "", "PORT_OUT_OF_RANGE", "\"+443\""},
      {{"ports", "0443"},
       "",
       "PORT_OUT_OF_RANGE",
       "port \"0443\" is not the shortest spelling, write 443"},
      {{"ports", "-0"}, "", "PORT_OUT_OF_RANGE", "\"-0\""},
      {{"ports", " 443\n"}, "", "PORT_OUT_OF_RANGE", "443"},
      {{"ports"}, "first=x", "PORT_OUT_OF_RANGE", "first \"x\""},
      {{"ports"}, "first=-1", "PORT_OUT_OF_RANGE", "first -1 is out of range [0, 65535]"},
      {{"ports"}, "last=65536", "PORT_OUT_OF_RANGE", "last 65536 is out of range [0, 65535]"},
      {{"ports"}, "first=9&last=8", "RANGE_REVERSED", "first 9 is above last 8"},
      {{"ports"}, "first=9&last=0", "RANGE_REVERSED", "first 9 is above last 0"},
      {{"ports"},
       "layer=local&layer=unspecified",
       "LAYER_UNKNOWN",
       "layer \"unspecified\" is not one of local, common, iana"},
      {{"ports", "1"}, "transport=quic", "TRANSPORT_UNKNOWN", "one of tcp, udp, sctp, dccp"},
      {{"ports"}, "layer=own", "LAYER_UNKNOWN", "one of local, common, iana"},
      {{"ports", "1"}, "view=", "VIEW_UNKNOWN", "one of basic, full"},
      {{"search"},
       "q=a&max_results=x",
       "MAX_RESULTS_OUT_OF_RANGE",
       "max_results \"x\" is not a whole number in [0, 500]"},
      {{"ports"}, "include_portless=1", "MALFORMED_REQUEST", "true or false"},
      {{"ports", "1"}, "prot=tcp", "MALFORMED_REQUEST", "allowed are transport, view, scope"},
      {{"info"}, "x", "MALFORMED_REQUEST", "none is allowed"},
      {{"search"}, "q=a&q=b", "MALFORMED_REQUEST", "q is given twice"},
      {{"search"}, "q=%", "MALFORMED_REQUEST", "hexadecimal"},
  };
  for (const auto& each : cases) {
    const absl::Status status = Refused(each.path, each.query);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.query;
    EXPECT_EQ(ReasonOf(status), each.reason) << each.query;
    EXPECT_THAT(std::string(status.message()), HasSubstr(each.text));
  }
}

}  // namespace
}  // namespace portreg::server
