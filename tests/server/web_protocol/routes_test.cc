#include "server/web_protocol/routes.h"

#include <vector>

#include "gtest/gtest.h"

namespace portreg::server {
namespace {

Route Of(const std::vector<std::string>& path) { return RouteOf(path); }

TEST(RoutesTest, EachPathLeadsSomewhere) {
  EXPECT_EQ(Of({""}), Route::kPage);
  EXPECT_EQ(Of({"openapi.json"}), Route::kOpenApi);
  EXPECT_EQ(Of({"healthz"}), Route::kHealth);
  EXPECT_EQ(Of({"v1", "ports", "443"}), Route::kGetPath);
  EXPECT_EQ(Of({"portreg.v1.PortRegistryService", "Lookup"}), Route::kConnect);
}

TEST(RoutesTest, OtherPathsDoNot) {
  for (const std::vector<std::string>& path :
       std::vector<std::vector<std::string>>{{},
                                             {"v1"},
                                             {"index.html"},
                                             {"", ""},
                                             {"..", "etc", "passwd"},
                                             {"healthz", ""},
                                             {"portreg.v1.PortRegistryService"},
                                             {"portreg.v1.PortRegistryService", "Lookup", "x"},
                                             {"grpc.health.v1.Health", "Check"}}) {
    EXPECT_EQ(Of(path), Route::kNone);
  }
}

TEST(RoutesTest, OnlyCallsMayBePosted) {
  EXPECT_TRUE(Allows(Route::kConnect, "POST"));
  EXPECT_FALSE(Allows(Route::kGetPath, "POST"));
  for (const Route route :
       {Route::kPage, Route::kOpenApi, Route::kHealth, Route::kGetPath, Route::kConnect}) {
    EXPECT_TRUE(Allows(route, "GET"));
    EXPECT_TRUE(Allows(route, "HEAD"));
    for (const char* const method : {"PUT", "DELETE", "TRACE", "OPTIONS", "get", "", "GET, HEAD"}) {
      EXPECT_FALSE(Allows(route, method)) << method;
    }
  }
}

}  // namespace
}  // namespace portreg::server
