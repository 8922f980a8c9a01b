#include "common/model/scope.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

TEST(ScopeTest, LabelsAreAccepted) {
  const std::string longest = "eu/" + std::string(61, 'x');
  for (const std::string& scope : {std::string(), std::string("eu"), std::string("eu/prod"),
                                   std::string("host:a.example"), longest}) {
    EXPECT_TRUE(CheckScope(scope).ok()) << scope;
  }
}

TEST(ScopeTest, BrokenSyntaxIsRefusedByValue) {
  for (const std::string& scope :
       {std::string("/"), std::string("/eu"), std::string("eu/"), std::string("eu//prod"),
        std::string("eu prod"), std::string(" "), std::string("eu\n"), std::string("caf\xC3\xA9"),
        std::string("eu\0x", 4), std::string(65, 'x')}) {
    const absl::Status status = CheckScope(scope);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << scope;
    EXPECT_THAT(Message(status), HasSubstr("is not labels with \"/\" between them")) << scope;
  }
  EXPECT_THAT(Message(CheckScope("eu//prod")), HasSubstr("scope \"eu//prod\""));
}

TEST(ScopeTest, OneOverlapsTheOtherLabelByLabel) {
  const struct {
    const char* one;
    const char* other;
    bool overlap;
  } cases[] = {
      {"", "", true},
      {"", "eu", true},
      {"eu", "eu", true},
      {"eu", "eu/prod", true},
      {"eu/prod", "eu/p", false},
      {"eu", "us", false},
      {"eu", "euro", false},
      {"eu/prod", "eu/test", false},
      {"eu", "EU", false},
      {"eu/a/b", "eu", true},
      {"eu", "eu-1/prod", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ScopesOverlap(c.one, c.other), c.overlap) << c.one << " " << c.other;
    EXPECT_EQ(ScopesOverlap(c.other, c.one), c.overlap) << c.other << " " << c.one;
  }
}

TEST(ScopeTest, OnlyLocalRecordsAreBoundToTheirScope) {
  ServiceRecord record;
  record.scope = "eu";
  record.layer = Layer::kLocal;
  EXPECT_TRUE(HoldsIn(record, ""));
  EXPECT_TRUE(HoldsIn(record, "eu/prod"));
  EXPECT_FALSE(HoldsIn(record, "us"));
  record.layer = Layer::kCommon;
  EXPECT_TRUE(HoldsIn(record, "us"));
}

}  // namespace
}  // namespace portreg
