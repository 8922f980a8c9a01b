#include "client/cli/base/formats.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

const std::vector<std::pair<std::string, Format>> kEveryCommands = {
    {"table", Format::kTable}, {"json", Format::kJson}, {"ndjson", Format::kNdjson},
    {"csv", Format::kCsv},     {"tsv", Format::kTsv},
};
const std::vector<std::pair<std::string, Format>> kOfRecords = {
    {"wide", Format::kWide}, {"services", Format::kServices}, {"name", Format::kName}};

TEST(ReadFormatTest, CommandsHaveTheirFormats) {
  for (const Verb verb :
       {Verb::kLookup, Verb::kList, Verb::kSearch, Verb::kAudit, Verb::kClassify, Verb::kInfo}) {
    for (const auto& [name, format] : kEveryCommands) EXPECT_EQ(*ReadFormat(name, verb), format);
  }
  for (const Verb verb : {Verb::kLookup, Verb::kList, Verb::kSearch}) {
    for (const auto& [name, format] : kOfRecords) EXPECT_EQ(*ReadFormat(name, verb), format);
  }
}

TEST(ReadFormatTest, OthersAreRefusedWithWhatIsAllowed) {
  for (const std::string name : {"yaml", "JSON", "", "sysctl-reserved"}) {
    EXPECT_EQ(Message(ReadFormat(name, Verb::kLookup).status()),
              "output format \"" + name +
                  "\" is not table, wide, json, ndjson, csv, tsv, services or name");
  }
  for (const Verb verb : {Verb::kAudit, Verb::kClassify, Verb::kInfo}) {
    for (const std::string name : {"yaml", "wide", "services", "name"}) {
      EXPECT_EQ(
          Message(ReadFormat(name, verb).status()),
          "output format \"" + name +
              "\" is not table, json, ndjson, csv or tsv, which audit, classify and info have");
    }
  }
}

TEST(ReadFormatTest, DiffHasItsOwnFormats) {
  EXPECT_EQ(*ReadFormat("table", Verb::kDiff), Format::kTable);
  EXPECT_EQ(*ReadFormat("json", Verb::kDiff), Format::kJson);
  EXPECT_EQ(*ReadFormat("ndjson", Verb::kDiff), Format::kNdjson);
  EXPECT_EQ(*ReadFormat("markdown", Verb::kDiff), Format::kMarkdown);
  for (const std::string name : {"csv", "wide", "services", "yaml"}) {
    EXPECT_EQ(
        Message(ReadFormat(name, Verb::kDiff).status()),
        "output format \"" + name + "\" is not table, json, ndjson or markdown, which diff has");
  }
  for (const Verb verb : {Verb::kLookup, Verb::kInfo, Verb::kWatch}) {
    EXPECT_FALSE(ReadFormat("markdown", verb).ok());
  }
}

TEST(ReadFormatTest, CheckAndSuggestHaveFormatsOfTheirOwn) {
  EXPECT_EQ(*ReadFormat("table", Verb::kCheck), Format::kTable);
  EXPECT_EQ(*ReadFormat("github", Verb::kCheck), Format::kGithub);
  EXPECT_EQ(*ReadFormat("sarif", Verb::kCheck), Format::kSarif);
  EXPECT_EQ(*ReadFormat("ndjson", Verb::kSuggest), Format::kNdjson);
  EXPECT_EQ(Message(ReadFormat("csv", Verb::kCheck).status()),
            "output format \"csv\" is not table, json, ndjson, github or sarif, which check has");
  EXPECT_EQ(Message(ReadFormat("sarif", Verb::kSuggest).status()),
            "output format \"sarif\" is not table, json or ndjson, which suggest and watch have");
}

TEST(ReadExportFormatTest, NamesAreRead) {
  EXPECT_EQ(*ReadExportFormat("services"), ExportFormat::kServices);
  EXPECT_EQ(*ReadExportFormat("sysctl-reserved"), ExportFormat::kSysctlReserved);
  EXPECT_EQ(*ReadExportFormat("iana-csv"), ExportFormat::kIanaCsv);
  EXPECT_EQ(*ReadExportFormat("csv"), ExportFormat::kCsv);
  EXPECT_EQ(*ReadExportFormat("json"), ExportFormat::kJson);
}

TEST(ReadExportFormatTest, OthersAreRefusedWithWhatIsAllowed) {
  EXPECT_EQ(Message(ReadExportFormat("").status()),
            "export needs --format=services, sysctl-reserved, iana-csv, csv, json or html");
  EXPECT_EQ(Message(ReadExportFormat("xml").status()),
            "export format \"xml\" is not services, sysctl-reserved, iana-csv, csv, json or html");
}

}  // namespace
}  // namespace portreg::cli
