#include "server/web_protocol/json.h"

#include <string>

#include "common/answers/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/common/test_messages.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

TEST(WebJsonTest, IsCanonical) {
  const auto response = Proto<v1::LookupResponse>(
      "records { first_port: 0 last_port: 7 service: 'a\"<' layer: LAYER_LOCAL } revision: 'r'");
  EXPECT_EQ(*ToJson(*v1::LookupResponse::descriptor(), response.SerializeAsString()),
            "{\"records\":[{\"firstPort\":0,\"lastPort\":7,\"service\":\"a\\\"\\u003c\","
            "\"layer\":\"LAYER_LOCAL\"}],\"revision\":\"r\"}");
}

TEST(WebJsonTest, DetailsOfAFailedLookupHaveTheirGoogleTypes) {
  v1::BatchLookupResponse response;
  *response.add_results()->mutable_failure() =
      ToLookupFailure(BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "no"));
  const std::string json =
      *ToJson(*v1::BatchLookupResponse::descriptor(), response.SerializeAsString());
  EXPECT_THAT(json, HasSubstr("{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
                              "\"reason\":\"PORT_OUT_OF_RANGE\",\"domain\":\"portreg\"}"));
  EXPECT_THAT(json, HasSubstr("google.rpc.BadRequest\",\"fieldViolations\":[{"));
}

TEST(WebJsonTest, ARequestComesBack) {
  const std::string bytes =
      *FromJson(*v1::LookupRequest::descriptor(), R"({"service":"é","transport":1})");
  v1::LookupRequest request;
  ASSERT_TRUE(request.ParseFromString(bytes));
  EXPECT_EQ(request.service(), "é");
  EXPECT_EQ(request.transport(), v1::TRANSPORT_TCP);
}

TEST(WebJsonTest, OnlyJsonIsRead) {
  for (const char* const text : {"{port:443}", "{\"port\":443,}", "{'port':443}", "{\"port\":443",
                                 "", "{\"port\":0x1}", "{\"port\":1} // one"}) {
    const absl::Status status = FromJson(*v1::LookupRequest::descriptor(), text).status();
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("it is not JSON")) << text;
  }
}

TEST(WebJsonTest, DeepNestingIsRefused) {
  const std::string deep = std::string(100'000, '[');
  EXPECT_EQ(ReasonOf(FromJson(*v1::LookupRequest::descriptor(), deep).status()),
            "MALFORMED_REQUEST");
  std::string objects = "{\"requests\":";
  for (int i = 0; i < 50'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(ReasonOf(FromJson(*v1::BatchLookupRequest::descriptor(), objects).status()),
            "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace portreg::server
