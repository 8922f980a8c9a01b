#include "common/model/range_rules.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RangeRule Rule(std::string kind, std::vector<PortRange> ports, std::string message) {
  RangeRule rule;
  rule.ports = std::move(ports);
  rule.kind_name = std::move(kind);
  rule.severity = FindingSeverity::kWarning;
  rule.message = std::move(message);
  return rule;
}

std::vector<std::string> MessagesAt(const RangeRules& rules, Port port) {
  std::vector<std::string> messages;
  for (const RangeRule* const rule : rules.AtPort(port)) messages.push_back(rule->message);
  return messages;
}

TEST(RangeRulesTest, RulesAreFoundByPortInTheOrderOfTheirKinds) {
  const RangeRules rules({Rule("ours", {{10, 20}}, "ours"), Rule("browsers", {{15, 15}}, "b"),
                          Rule("privileged", {{0, 12}, {20, 30}}, "p"),
                          Rule("browsers", {{0, 65535}}, "all")});
  EXPECT_THAT(MessagesAt(rules, 0), ElementsAre("p", "all"));
  EXPECT_THAT(MessagesAt(rules, 12), ElementsAre("p", "all", "ours"));
  EXPECT_THAT(MessagesAt(rules, 13), ElementsAre("all", "ours"));
  EXPECT_THAT(MessagesAt(rules, 15), ElementsAre("b", "all", "ours"));
  EXPECT_THAT(MessagesAt(rules, 20), ElementsAre("p", "all", "ours"));
  EXPECT_THAT(MessagesAt(rules, 31), ElementsAre("all"));
  EXPECT_THAT(MessagesAt(rules, 65535), ElementsAre("all"));
  EXPECT_THAT(MessagesAt(RangeRules(), 0), IsEmpty());
}

// Compares the lookup with every rule, one by one.
TEST(RangeRulesTest, PortsOfOneSetHaveTheSameRules) {
  const RangeRules& rules = EmbeddedRangeRules();
  std::vector<std::vector<const RangeRule*>> of_set;
  for (int number = 0; number <= kMaxPort; ++number) {
    const auto port = static_cast<Port>(number);
    std::vector<const RangeRule*> expected;
    for (const RangeRule& rule : rules.rules()) {
      bool covers = false;
      for (const PortRange range : rule.ports) covers |= range.contains(port);
      if (covers) expected.push_back(&rule);
    }
    ASSERT_EQ(rules.AtPort(port), expected) << port;
    const size_t set = rules.SetAt(port);
    if (of_set.size() <= set) of_set.resize(set + 1);
    if (of_set[set].empty()) of_set[set] = expected;
    ASSERT_EQ(of_set[set], expected) << port;
  }
}

TEST(RangeRulesTest, ASiteReplacesKindByKindAndAddsItsOwn) {
  const RangeRules base({Rule("privileged", {{0, 1023}}, "root"),
                         Rule("linux-ephemeral", {{32768, 60999}}, "out"),
                         Rule("browsers", {{6000, 6000}}, "no")});
  const RangeRules site({Rule("linux-ephemeral", {{15000, 20000}}, "ours"),
                         Rule("linux-ephemeral", {{30000, 40000}}, "more"),
                         Rule("browsers", {}, ""), Rule("legacy", {{7000, 7000}}, "old")});
  const RangeRules rules = base.ReplacedBy(site);
  EXPECT_THAT(MessagesAt(rules, 80), ElementsAre("root"));
  EXPECT_THAT(MessagesAt(rules, 15000), ElementsAre("ours"));
  EXPECT_THAT(MessagesAt(rules, 35000), ElementsAre("more"));
  EXPECT_THAT(MessagesAt(rules, 50000), IsEmpty());
  EXPECT_THAT(MessagesAt(rules, 6000), IsEmpty());
  EXPECT_THAT(MessagesAt(rules, 7000), ElementsAre("old"));
  EXPECT_EQ(rules.AtPort(7000)[0]->kind(), AdvisoryKind::kRangeRule);
  EXPECT_THAT(rules.rules(), SizeIs(4));
}

TEST(RangeRulesTest, OnlyADifferenceMakesADifference) {
  const RangeRules base({Rule("privileged", {{0, 1023}}, "root")});
  EXPECT_EQ(base.difference(), "");
  EXPECT_EQ(base.ReplacedBy(RangeRules()).difference(), "");
  EXPECT_EQ(base.ReplacedBy(base).difference(), "");
  RangeRule rule = base.rules()[0];
  std::vector<std::string> differences;
  const auto changed = [&](RangeRule other) {
    differences.push_back(base.ReplacedBy(RangeRules({std::move(other)})).difference());
  };
  changed(Rule("privileged", {}, ""));
  changed(Rule("privileged", {{0, 1022}}, "root"));
  changed(Rule("privileged", {{0, 1023}}, "Root"));
  changed(Rule("own", {{0, 1023}}, "root"));
  rule.severity = FindingSeverity::kError;
  changed(rule);
  rule.severity = FindingSeverity::kWarning;
  rule.transports = {Transport::kTcp};
  changed(rule);
  rule.transports = {};
  rule.reference = "here";
  changed(rule);
  // A set without rules differs from others, but its text is empty.
  EXPECT_EQ(differences[0], "");
  for (size_t i = 1; i < differences.size(); ++i) EXPECT_NE(differences[i], "") << i;
}

}  // namespace
}  // namespace portreg
