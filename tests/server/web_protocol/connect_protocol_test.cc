#include "server/web_protocol/connect_protocol.h"

#include <string>
#include <variant>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/common/test_messages.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

HttpRequest Post(HttpFields fields, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/portreg.v1.PortRegistryService/Lookup";
  request.fields = std::move(fields);
  request.body = std::move(body);
  return request;
}

HttpRequest Get(const std::string& query) {
  HttpRequest request;
  request.method = "GET";
  request.target = "/portreg.v1.PortRegistryService/Lookup?" + query;
  return request;
}

// Returns the request that a call makes, or the text of its refusal.
std::string Asked(HttpRequest request, Codec codec) {
  const QuestionOrRefusal read = ReadConnectCall(request, "Lookup");
  if (const auto* const refusal = std::get_if<WebRefusal>(&read)) {
    return std::string(refusal->error.message());
  }
  const auto& question = std::get<WebQuestion>(read);
  EXPECT_EQ(question.method, Method::kLookup);
  EXPECT_EQ(question.codec, codec);
  v1::LookupRequest message;
  EXPECT_TRUE(message.ParseFromString(RequestBytes(question).value()));
  return message.ShortDebugString();
}

WebRefusal Refused(HttpRequest request, absl::string_view method = "Lookup") {
  const QuestionOrRefusal read = ReadConnectCall(request, method);
  EXPECT_TRUE(std::holds_alternative<WebRefusal>(read)) << request.target;
  const auto* const refusal = std::get_if<WebRefusal>(&read);
  return refusal == nullptr ? WebRefusal() : *refusal;
}

const HttpFields kJson = {{"Content-Type", "application/json"}};

TEST(ConnectProtocolTest, ARefusalNamesTheMethodThatIsCalled) {
  EXPECT_EQ(Refused(Post({}, "")).method, Method::kLookup);
  EXPECT_EQ(Refused(Get("x=1")).method, Method::kLookup);
  EXPECT_EQ(Refused(Post(kJson, ""), "Watch").method, Method::kWatch);
  EXPECT_EQ(Refused(Post(kJson, ""), "NoSuch").method, Method::kOther);
}

TEST(ConnectProtocolTest, APostIsItsBody) {
  EXPECT_EQ(Asked(Post(kJson, R"({"port": 443, "view": "RECORD_VIEW_FULL"})"), Codec::kJson),
            "port: 443 view: RECORD_VIEW_FULL");
  EXPECT_EQ(Asked(Post({{"content-type", "Application/JSON; charset=utf-8"}}, ""), Codec::kJson),
            "");
  EXPECT_EQ(Asked(Post({{"Content-Type", "application/proto"}},
                       Proto<v1::LookupRequest>("port: 80").SerializeAsString()),
                  Codec::kProto),
            "port: 80");
}

TEST(ConnectProtocolTest, AGetIsItsQuery) {
  EXPECT_EQ(Asked(Get("connect=v1&encoding=json&message=%7B%22port%22%3A22%7D"), Codec::kJson),
            "port: 22");
  const std::string bytes = Proto<v1::LookupRequest>("port: 65535").SerializeAsString();
  EXPECT_EQ(Asked(Get("encoding=proto&base64=1&message=" + absl::WebSafeBase64Escape(bytes)),
                  Codec::kProto),
            "port: 65535");
  EXPECT_EQ(Asked(Get("encoding=proto&compression=identity&base64=1&message="), Codec::kProto), "");
}

TEST(ConnectProtocolTest, WhatIsNotTheProtocolIsRefused) {
  EXPECT_EQ(Refused(Post({{"Content-Type", "text/plain"}}, "{}")).http_status, 415);
  EXPECT_EQ(Refused(Post({}, "{}")).http_status, 415);
  EXPECT_EQ(Refused(Post({{"Content-Type", "application/connect+json"}}, "")).http_status, 415);
  EXPECT_EQ(Refused(Post({kJson[0], {"Content-Encoding", "gzip"}}, "x")).error.code(),
            absl::StatusCode::kUnimplemented);
  for (const char* const query :
       {"", "message=%7B%7D", "encoding=json",
        "encoding=xml&message=", "encoding=json&message={}&message={}",
        "encoding=json&encoding=json&message={}", "connect=v2&encoding=json&message={}",
        "encoding=json&message={}&x=1", "encoding=proto&base64=1&message=%25",
        "encoding=proto&base64=2&message=", "encoding=json&message=%"}) {
    const absl::Status error = Refused(Get(query)).error;
    EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument) << query;
    EXPECT_EQ(ReasonOf(error), "MALFORMED_REQUEST") << query;
  }
  EXPECT_EQ(Refused(Get("encoding=json&message={}&compression=gzip")).error.code(),
            absl::StatusCode::kUnimplemented);
}

TEST(ConnectProtocolTest, VersionAndTimeoutAreChecked) {
  EXPECT_EQ(Asked(Post({kJson[0], {"Connect-Protocol-Version", "1"}}, "{}"), Codec::kJson), "");
  EXPECT_THAT(Refused(Post({kJson[0], {"Connect-Protocol-Version", "2"}}, "{}")).error.message(),
              HasSubstr("allowed is 1"));
  HttpRequest timed = Post({kJson[0], {"Connect-Timeout-Ms", "60000"}}, "{}");
  const QuestionOrRefusal read = ReadConnectCall(timed, "Lookup");
  EXPECT_LT(std::get<WebQuestion>(read).deadline, MonotonicTime::Now() + absl::Seconds(61));
  for (const char* const timeout : {"-1", "1.5", "x", "12345678901"}) {
    EXPECT_THAT(Refused(Post({kJson[0], {"Connect-Timeout-Ms", timeout}}, "{}")).error.message(),
                HasSubstr("Connect-Timeout-Ms"));
  }
}

TEST(ConnectProtocolTest, MethodsThatAreNotUnaryAreUnimplemented) {
  for (const char* const method : {"ListRange", "Watch", "NoSuch", "other", "lookup", ""}) {
    const WebRefusal refusal = Refused(Post(kJson, "{}"), method);
    EXPECT_EQ(refusal.error.code(), absl::StatusCode::kUnimplemented) << method;
    EXPECT_EQ(refusal.http_status, 404) << method;
  }
}

TEST(ConnectProtocolTest, JsonThatIsNotTheMessageIsRefused) {
  for (const char* const body :
       {"[", "[]", "1", "{\"port\": \"x\"}", "{\"prot\": 1}", "{\"port\": 99999999999}",
        "{\"transport\": \"QUIC\"}", "{} {}", "\xff", "{\"service\": \"\xc3\"}"}) {
    HttpRequest request = Post(kJson, body);
    const auto question = std::get<WebQuestion>(ReadConnectCall(request, "Lookup"));
    EXPECT_EQ(ReasonOf(RequestBytes(question).status()), "MALFORMED_REQUEST") << body;
  }
}

}  // namespace
}  // namespace portreg::server
