#include "client/cli/help.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/port.h"
#include "common/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

TEST(HelpTest, NamesVersionDefaultAddressAndBounds) {
  const std::string help = HelpText();
  EXPECT_THAT(help, HasSubstr(absl::StrCat("portreg ", Version(), ",")));
  EXPECT_THAT(help, HasSubstr(absl::StrCat("else ", kDefaultAddress)));
  EXPECT_THAT(help, HasSubstr("1-500; default: 50"));
}

TEST(HelpTest, NamesEveryFlag) {
  for (const std::string flag : {"-o ",        "--short",   "--layer=",       "--details",
                                 "--portless", "--like",    "--max-results=", "--no-headers",
                                 "--color=",   "--format=", "--target=",      "--offline",
                                 "--timeout=", "--header=", "--plaintext",    "--tls",
                                 "--cacert=",  "--cert=",   "--key=",         "--server-name="}) {
    EXPECT_THAT(HelpText(), HasSubstr(flag));
  }
}

TEST(HelpTest, NamesEveryCommandAndFormat) {
  for (const std::string word :
       {"lookup", "search", "classify", "list", "info", "export", "table", "wide", "json", "ndjson",
        "csv", "tsv", "services", "name", "sysctl-reserved", "iana-csv"}) {
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
