#include "server/web/origins.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

HttpRequest From(const std::string& origin, std::string method = "GET") {
  HttpRequest request;
  request.method = std::move(method);
  request.fields = {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}};
  return request;
}

std::string AllowedOrigin(const Origins& origins, const std::string& origin) {
  HttpResponse response;
  origins.AddFields(From(origin), response);
  for (const auto& [name, value] : response.fields) {
    if (name == "Access-Control-Allow-Origin") return value;
  }
  return "none";
}

TEST(OriginsTest, NobodyIsAllowedByDefault) {
  EXPECT_EQ(AllowedOrigin(Origins(), "https://a.example"), "none");
}

TEST(OriginsTest, OnlyTheNamedMayRead) {
  const Origins origins = *Origins::Create({"https://a.example", "http://localhost:3000"});
  EXPECT_EQ(AllowedOrigin(origins, "https://a.example"), "https://a.example");
  EXPECT_EQ(AllowedOrigin(origins, "http://localhost:3000"), "http://localhost:3000");
  for (const char* const other :
       {"https://a.example.evil", "http://a.example", "https://a.example:8443", "null", ""}) {
    EXPECT_EQ(AllowedOrigin(origins, other), "none") << other;
  }
}

TEST(OriginsTest, AStarIsForAll) {
  const Origins all = *Origins::Create({"*"});
  EXPECT_EQ(AllowedOrigin(all, "https://anyone.example"), "*");
  // A cache may later give the response to a request that has an Origin.
  EXPECT_EQ(AllowedOrigin(all, ""), "*");
}

TEST(OriginsTest, PreflightsOfTheAllowedAreAnswered) {
  EXPECT_TRUE(Origins::IsPreflight(From("https://a.example", "OPTIONS")));
  EXPECT_FALSE(Origins::IsPreflight(From("https://a.example", "GET")));
  const Origins origins = *Origins::Create({"https://a.example"});
  EXPECT_FALSE(origins.AnswerPreflight(From("https://a.example", "OPTIONS")).fields.empty());
  EXPECT_TRUE(origins.AnswerPreflight(From("https://b.example", "OPTIONS")).fields.empty());
}

TEST(OriginsTest, OtherTextsAreRefused) {
  for (const char* const text :
       {"a.example", "https://", "https://a.example/", "https://a.example/x", "HTTPS://a.example",
        "https://A.example", "ftp://a", "", "null", "https://a.example x"}) {
    EXPECT_FALSE(Origins::Create({text}).ok()) << text;
  }
  EXPECT_FALSE(Origins::Create({"*", "https://a.example"}).ok());
  for (const char* const text :
       {"https://a.example:0", "http://a.example:65536", "http://a.example:", "http://:80",
        "http://a.example:8080:80", "http://::1"}) {
    EXPECT_FALSE(Origins::Create({text}).ok()) << text;
  }
}

TEST(OriginsTest, OriginsThatBrowsersWriteOtherwiseAreRefusedWithTheirSpelling) {
  const struct {
    const char* given;
    const char* sent;
  } cases[] = {
      {"https://a.example:443", "https://a.example"},
      {"http://a.example:80", "http://a.example"},
      {"http://[::1]:80", "http://[::1]"},
      {"http://a.example:08080", "http://a.example:8080"},
  };
  for (const auto& each : cases) {
    EXPECT_THAT(std::string(Origins::Create({each.given}).status().message()),
                testing::EndsWith(absl::StrCat(" as browsers do: ", each.sent)));
    EXPECT_TRUE(Origins::Create({each.sent}).ok()) << each.sent;
  }
  EXPECT_TRUE(Origins::Create({"http://a.example:443", "https://a.example:80", "http://[::1]:3000",
                               "http://a.example:65535"})
                  .ok());
}

}  // namespace
}  // namespace portreg::server
