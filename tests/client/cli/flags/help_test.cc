#include "client/cli/flags/help.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/base/verbs.h"
#include "client/cli/flags/flag_table.h"
#include "common/model/port.h"
#include "common/text/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

TEST(HelpTest, NamesVersionDefaultAddressAndBounds) {
  const std::string help = HelpText();
  EXPECT_THAT(help, HasSubstr(absl::StrCat("portreg ", Version(), ",")));
  EXPECT_THAT(help, HasSubstr(absl::StrCat("default: ", kDefaultAddress)));
  EXPECT_THAT(help, HasSubstr("1-500; default: 50"));
}

TEST(HelpTest, NamesEveryFlagAndVariable) {
  for (const FlagInfo& flag : FlagTable()) {
    EXPECT_THAT(HelpText(), HasSubstr(absl::StrCat("--", flag.name)));
    EXPECT_THAT(HelpText(), HasSubstr(std::string(flag.variable)));
  }
}

TEST(HelpTest, OfACommandNamesItsFlagsAndFormatsOnly) {
  for (const VerbInfo& verb : Verbs()) {
    const std::string help = HelpTextOf(verb.verb);
    SCOPED_TRACE(help);
    EXPECT_THAT(help, ::testing::StartsWith(absl::StrCat("portreg ", verb.name)));
    for (const FlagInfo& flag : FlagTable()) {
      if (flag.section == FlagSection::kOther) continue;
      EXPECT_EQ(absl::StrContains(help, absl::StrCat("--", flag.name, flag.is_switch() ? "" : "=")),
                flag.is_for(verb.verb))
          << flag.name;
    }
    for (const absl::string_view line : absl::StrSplit(help, '\n')) EXPECT_LE(line.size(), 80);
  }
  EXPECT_THAT(HelpTextOf(Verb::kExport), HasSubstr("\n  sysctl-reserved "));
  EXPECT_THAT(HelpTextOf(Verb::kList), HasSubstr("\n  services "));
  EXPECT_THAT(HelpTextOf(Verb::kInfo), ::testing::Not(HasSubstr("\n  services ")));
  EXPECT_THAT(HelpTextOf(Verb::kImport), ::testing::Not(HasSubstr("Formats")));
  EXPECT_THAT(HelpTextOf(Verb::kWatch), ::testing::Not(HasSubstr("\n  csv ")));
  EXPECT_THAT(HelpTextOf(Verb::kDiff), HasSubstr("\n  embedded "));
  EXPECT_THAT(HelpTextOf(Verb::kDiff), HasSubstr("\n  markdown "));
}

TEST(HelpTest, NamesEveryCommandAndFormat) {
  for (const std::string word :
       {"lookup", "search", "classify", "list", "info", "export", "import", "table", "wide", "json",
        "ndjson", "csv", "tsv", "services", "name", "sysctl-reserved", "iana-csv"}) {
    EXPECT_THAT(HelpText(), ::testing::ContainsRegex(absl::StrCat("\n  (portreg )?", word, " ")));
  }
}

TEST(HelpTest, Fits80Columns) {
  for (const absl::string_view line : absl::StrSplit(HelpText(), '\n')) {
    EXPECT_LE(line.size(), 80) << line;
  }
}

TEST(VersionTest, IsALine) { EXPECT_EQ(VersionText(), absl::StrCat("portreg ", Version(), "\n")); }

}  // namespace
}  // namespace portreg::cli
