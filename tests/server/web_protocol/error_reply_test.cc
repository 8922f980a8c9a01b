#include "server/web_protocol/error_reply.h"

#include <string>

#include "common/answers/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace portreg::server {
namespace {

TEST(ErrorReplyTest, HasCodeMessageAndDetails) {
  const nlohmann::json error = nlohmann::json::parse(ErrorJson(
      BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "port 70000 is out of range")));
  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_EQ(error["message"], "port 70000 is out of range");
  EXPECT_EQ(error["details"][0]["type"], "google.rpc.ErrorInfo");
  EXPECT_EQ(error["details"][0]["debug"],
            (nlohmann::json{{"reason", "PORT_OUT_OF_RANGE"}, {"domain", "portreg"}}));
  EXPECT_EQ(error["details"][0]["value"], "ChFQT1JUX09VVF9PRl9SQU5HRRIHcG9ydHJlZw");
  EXPECT_EQ(error["details"][1]["debug"]["fieldViolations"][0]["field"], "port");
}

TEST(ErrorReplyTest, ErrorsWithoutAReasonHaveNoDetails) {
  const nlohmann::json error = nlohmann::json::parse(ErrorJson(absl::NotFoundError("nothing")));
  EXPECT_EQ(error, (nlohmann::json{{"code", "not_found"}, {"message", "nothing"}}));
}

TEST(ErrorReplyTest, AMessageOfAnyBytesIsJson) {
  EXPECT_TRUE(nlohmann::json::accept(ErrorJson(absl::InternalError("\xff\"\n"))));
}

TEST(ErrorReplyTest, CodesHaveTheStatusOfConnect) {
  EXPECT_EQ(ErrorReply({.error = absl::UnavailableError("")}).status, 503);
  EXPECT_EQ(ErrorReply({.error = absl::ResourceExhaustedError("")}).status, 429);
  EXPECT_EQ(ErrorReply({.error = absl::PermissionDeniedError("")}).status, 403);
  EXPECT_EQ(ErrorReply({.error = absl::NotFoundError(""), .http_status = 405}).status, 405);
  EXPECT_EQ(ConnectCode(absl::StatusCode::kCancelled), "canceled");
}

}  // namespace
}  // namespace portreg::server
