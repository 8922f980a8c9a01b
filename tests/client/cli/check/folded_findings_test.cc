#include "client/cli/check/folded_findings.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

CheckFinding FindingOf(std::string rule, FindingSeverity severity, std::string message = "m") {
  CheckFinding finding;
  finding.rule = std::move(rule);
  finding.severity = severity;
  finding.message = std::move(message);
  return finding;
}

// Returns the rules of the findings that are left.
std::vector<std::string> RulesOf(std::vector<CheckFinding> findings) {
  std::vector<std::string> rules;
  for (const CheckFinding& finding : Folded(std::move(findings))) rules.push_back(finding.rule);
  return rules;
}

constexpr auto kError = FindingSeverity::kError;
constexpr auto kWarning = FindingSeverity::kWarning;
constexpr auto kInfo = FindingSeverity::kInfo;

TEST(FoldedFindingsTest, AnUnassignedPortIsNotedIfThereIsNothingGraver) {
  EXPECT_THAT(RulesOf({FindingOf("iana-unassigned", kInfo), FindingOf("exporter-list", kInfo)}),
              ElementsAre("iana-unassigned", "exporter-list"));
  EXPECT_THAT(RulesOf({FindingOf("iana-unassigned", kInfo), FindingOf("linux-ephemeral", kWarning),
                       FindingOf("exporter-list", kInfo)}),
              ElementsAre("linux-ephemeral", "exporter-list"));
  EXPECT_THAT(RulesOf({FindingOf("taken-locally", kError), FindingOf("iana-unassigned", kInfo)}),
              ElementsAre("taken-locally"));
}

TEST(FoldedFindingsTest, DynamicPortsAreNotReportedTwice) {
  EXPECT_THAT(RulesOf({FindingOf("dynamic", kError), FindingOf("windows-dynamic", kWarning)}),
              ElementsAre("dynamic"));
  EXPECT_THAT(RulesOf({FindingOf("windows-dynamic", kWarning)}), ElementsAre("windows-dynamic"));
}

TEST(FoldedFindingsTest, ManyFindingsOfARuleBecomeOne) {
  const auto findings = [](int count, FindingSeverity severity) {
    std::vector<CheckFinding> all = {FindingOf("exporter-list", kInfo)};
    for (int i = 0; i < count; ++i) {
      all.push_back(FindingOf("iana-assigned", severity, absl::StrCat("to ", i)));
    }
    return Folded(std::move(all));
  };
  EXPECT_THAT(findings(3, kWarning), SizeIs(4));
  const std::vector<CheckFinding> folded = findings(35, kWarning);
  ASSERT_THAT(folded, SizeIs(2));
  EXPECT_EQ(folded[1].message, "to 0; and 34 more such findings of the row");
  // Each error matters.
  EXPECT_THAT(findings(35, kError), SizeIs(36));
}

}  // namespace
}  // namespace portreg::cli
