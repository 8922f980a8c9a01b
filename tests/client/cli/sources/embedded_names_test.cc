#include "client/cli/sources/embedded_names.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(EmbeddedNamesTest, NamesOfIanaAndOfSoftwareAreFoundIgnoringCase) {
  EXPECT_THAT(NamesBeginningWith("HTTP-al"), ElementsAre("http-alt"));
  EXPECT_THAT(NamesBeginningWith("kafk"), Contains("kafka"));
}

TEST(EmbeddedNamesTest, AliasesAreNames) {
  EXPECT_THAT(NamesBeginningWith("nginxproxym"), ElementsAre("nginxproxymgr"));
}

TEST(EmbeddedNamesTest, ManyNamesAreTheFirstOnesInOrderEachOnce) {
  const std::vector<std::string> names = NamesBeginningWith("s");
  ASSERT_THAT(names, SizeIs(kMaxCompletions));
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_TRUE(absl::StartsWithIgnoreCase(names[i], "s")) << names[i];
    if (i > 0) {
      EXPECT_FALSE(absl::EqualsIgnoreCase(names[i - 1], names[i])) << names[i];
    }
  }
  // The names from "sac" on are among the first.
  EXPECT_THAT(names, Contains("sac"));
}

TEST(EmbeddedNamesTest, NamesThatNeedQuotesAndWordsForPeopleAreLeftOut) {
  for (const std::string prefix : {"sql*", "socks p", "secure", "no-such-name"}) {
    for (const std::string& name : NamesBeginningWith(prefix)) {
      EXPECT_EQ(name.find_first_of(" *"), std::string::npos) << name;
    }
  }
  EXPECT_THAT(NamesBeginningWith("sql*"), IsEmpty());
}

TEST(EmbeddedNamesTest, EmptyPrefixHasNone) { EXPECT_THAT(NamesBeginningWith(""), IsEmpty()); }

}  // namespace
}  // namespace portreg::cli
