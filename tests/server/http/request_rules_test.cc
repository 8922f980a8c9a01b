#include "server/http/request_rules.h"

#include "gtest/gtest.h"

namespace portreg::server {
namespace {

// Returns the status with which a request with these fields is refused; 0 if it is not.
int FaultOf(HttpFields fields, std::string target = "/") {
  HttpRequest request;
  request.target = std::move(target);
  request.fields = std::move(fields);
  const std::optional<HttpFault> fault = FindFault(request);
  return fault ? fault->status : 0;
}

TEST(RequestRulesTest, OneEndOfTheBodyIsAllowed) {
  EXPECT_EQ(FaultOf({{"Host", "x"}}), 0);
  EXPECT_EQ(FaultOf({{"Content-Length", "12"}}), 0);
  EXPECT_EQ(FaultOf({{"transfer-encoding", "Chunked"}}), 0);
}

TEST(RequestRulesTest, TwoEndsAreNot) {
  EXPECT_EQ(FaultOf({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(FaultOf({{"Content-Length", "1"}, {"content-length", "1"}}), 400);
  EXPECT_EQ(FaultOf({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}), 400);
}

TEST(RequestRulesTest, LengthsAreDigits) {
  for (const char* const length : {"+1", "-1", "0x10", "1, 1", "1 1", "99999999999999999999999"}) {
    EXPECT_EQ(FaultOf({{"Content-Length", length}}), 400) << length;
  }
}

TEST(RequestRulesTest, OtherCodingsAreUnknown) {
  for (const char* const coding :
       {"gzip, chunked", "identity", "chunked, chunked", "xchunked", ""}) {
    EXPECT_EQ(FaultOf({{"Transfer-Encoding", coding}}), 501) << coding;
  }
}

TEST(RequestRulesTest, ThereIsOneHost) { EXPECT_EQ(FaultOf({{"Host", "a"}, {"Host", "b"}}), 400); }

TEST(RequestRulesTest, TargetsArePaths) {
  EXPECT_EQ(FaultOf({}, "*"), 0);
  EXPECT_EQ(FaultOf({}, "ftp://elsewhere/"), 400);
  EXPECT_EQ(FaultOf({}, ""), 400);
}

TEST(RequestRulesTest, NamesOfFieldsAreTokens) {
  for (const char* const name :
       {"Content-Length ", " Content-Length", "Transfer-Encoding\t", "a b", "a:", "\xe9", ""}) {
    EXPECT_EQ(FaultOf({{name, "1"}}), 400) << name;
  }
  EXPECT_EQ(FaultOf({{"x!#$%&'*+-.^_`|~0", "1"}}), 0);
}

TEST(RequestRulesTest, Http10HasNoTransferCoding) {
  HttpRequest request;
  request.target = "/";
  request.version = "HTTP/1.0";
  EXPECT_EQ(FindFault(request), std::nullopt);
  request.fields = {{"Transfer-Encoding", "chunked"}};
  ASSERT_TRUE(FindFault(request).has_value());
  EXPECT_EQ(FindFault(request)->status, 400);
}

TEST(OriginFormTest, IsThePathOfAWholeUrl) {
  EXPECT_EQ(OriginForm("http://a.example/v1/info?x=1"), "/v1/info?x=1");
  EXPECT_EQ(OriginForm("HTTPS://a.example:6338/"), "/");
  EXPECT_EQ(OriginForm("http://a.example"), "/");
  EXPECT_EQ(OriginForm("http://a.example?x"), "/?x");
  for (const char* const target :
       {"/a", "*", "", "ftp://a/b", "/http://a/b", "http:/a", "http", "https"}) {
    EXPECT_EQ(OriginForm(target), target);
  }
}

TEST(RequestRulesTest, FieldsAreCountedAsByHttp2) {
  EXPECT_EQ(FieldBytes({{"ab", "cde"}, {"f", ""}}), 5 + 32 + 1 + 32);
}

TEST(RequestRulesTest, TheLengthIsTheAnnouncedOne) {
  HttpRequest request;
  EXPECT_EQ(AnnouncedLength(request), 0);
  request.fields = {{"Content-Length", "4096"}};
  EXPECT_EQ(AnnouncedLength(request), 4096);
}

}  // namespace
}  // namespace portreg::server
