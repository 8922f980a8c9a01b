#include "server/http/url.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(UrlTest, EachEscapeIsAByte) {
  EXPECT_EQ(*DecodePercent("a%20b%C3%a9%00c"), std::string("a b\xC3\xA9\0c", 7));
  EXPECT_EQ(*DecodePercent("+"), "+");
}

TEST(UrlTest, HalfAnEscapeIsRefused) {
  for (const char* const text : {"%", "a%2", "%zz", "%-1", "100%"}) {
    EXPECT_EQ(DecodePercent(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(UrlTest, APathIsSplitBeforeItIsDecoded) {
  EXPECT_THAT(*SplitPath("/v1/services/SMB%20%2F%20x"), ElementsAre("v1", "services", "SMB / x"));
  EXPECT_THAT(*SplitPath("/"), ElementsAre(""));
  EXPECT_THAT(*SplitPath("/a//b/"), ElementsAre("a", "", "b", ""));
  EXPECT_FALSE(SplitPath("/a/%").ok());
}

TEST(UrlTest, AQueryHasNamesAndValues) {
  EXPECT_THAT(
      *SplitQuery("q=big+data%2B&first=1&flag&a=b=c"),
      ElementsAre(Pair("q", "big data+"), Pair("first", "1"), Pair("flag", ""), Pair("a", "b=c")));
  EXPECT_THAT(*SplitQuery(""), IsEmpty());
  EXPECT_THAT(*SplitQuery("&&"), IsEmpty());
  EXPECT_FALSE(SplitQuery("a=%").ok());
  EXPECT_FALSE(SplitQuery("%=a").ok());
}

}  // namespace
}  // namespace portreg::server
