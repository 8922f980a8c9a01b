#include "client/cli/base/nearest.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

TEST(NearestTest, FindsTheWordThatASlipStandsFor) {
  const std::vector<absl::string_view> known = {"list", "export", "classify", "info"};
  for (const auto& [word, nearest] : std::vector<std::pair<std::string, std::string>>{
           {"lsit", "list"},
           {"lis", "list"},
           {"LIST", "list"},
           {"exprot", "export"},
           {"expor", "export"},
           {"clasify", "classify"},
           {"klassifi", "classify"},
           {"https", ""},
           {"lust", "list"},
           {"lusst", "list"},
           {"luxt", ""},
           {"443", ""},
           {"", ""},
       }) {
    EXPECT_EQ(Nearest(word, known), nearest) << word;
  }
}

TEST(NearestTest, FewestSlipsCountAndThenTheOrder) {
  EXPECT_EQ(Nearest("certt", {"cacert", "cert", "certs"}), "cert");
  EXPECT_EQ(Nearest("ab", {"ac", "aa"}), "ac");
}

}  // namespace
}  // namespace portreg::cli
