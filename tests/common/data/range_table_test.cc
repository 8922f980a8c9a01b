#include "common/data/range_table.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::string_view kRulesHeader =
    "Ports,Transport Protocol,Kind,Severity,Message,Reference\n";

absl::StatusOr<RangeRules> ParseRows(absl::string_view rows) {
  return ParseRangeTable(absl::StrCat(kRulesHeader, rows));
}

TEST(RangeTableTest, ARowIsARule) {
  const absl::StatusOr<RangeRules> rules = ParseRows(
      "\"80, 443,8000 - 8010\",TCP/udp,browsers,Error,\"not, here\",wiki\n\n,,,,,\n"
      "7000\u20137005,,our-own-2,info,seven,\n");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_THAT(rules->rules(), SizeIs(2));
  const RangeRule& first = rules->rules()[0];
  EXPECT_THAT(first.ports,
              ElementsAre(PortRange{80, 80}, PortRange{443, 443}, PortRange{8000, 8010}));
  EXPECT_THAT(first.transports, ElementsAre(Transport::kTcp, Transport::kUdp));
  EXPECT_EQ(first.kind(), AdvisoryKind::kBlockedByBrowsers);
  EXPECT_EQ(first.severity, FindingSeverity::kError);
  EXPECT_EQ(first.message, "not, here");
  EXPECT_EQ(first.reference, "wiki");
  const RangeRule& second = rules->rules()[1];
  EXPECT_THAT(second.ports, ElementsAre(PortRange{7000, 7005}));
  EXPECT_THAT(second.transports, IsEmpty());
  EXPECT_EQ(second.kind(), AdvisoryKind::kRangeRule);
  EXPECT_EQ(second.kind_name, "our-own-2");
}

TEST(RangeTableTest, AllTransportsAreAny) {
  const absl::StatusOr<RangeRules> rules = ParseRows("1,tcp/udp/sctp/dccp,a,info,m,\n");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_THAT(rules->rules()[0].transports, IsEmpty());
}

TEST(RangeTableTest, ARowWithoutPortsOnlyNamesItsKind) {
  const absl::StatusOr<RangeRules> rules = ParseRows(",,kubernetes-node-port,,,\n");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_THAT(rules->rules(), SizeIs(1));
  EXPECT_THAT(rules->rules()[0].ports, IsEmpty());
}

TEST(RangeTableTest, BadRowsAreRefusedWithLineColumnAndWhatIsAllowed) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"70000,,a,info,m,\n", "line 2, column 1: port 70000 is out of range [0, 65535]"},
      {"9-8,,a,info,m,\n", "line 2, column 1: "},
      {"\"80,\",,a,info,m,\n", "line 2, column 1: "},
      {"80,icmp,a,info,m,\n", "line 2, column 4: transport \"icmp\" is unknown, allowed are tcp"},
      {"80,,,info,m,\n", "line 2, column 5: kind \"\" is not allowed, allowed are dynamic-class"},
      {"80,,Browsers,info,m,\n", "kind \"Browsers\" is not allowed"},
      {"80,,a--b,info,m,\n", "kind \"a--b\" is not allowed"},
      {"80,,a b,info,m,\n", "kind \"a b\" is not allowed"},
      {absl::StrCat("80,,", std::string(33, 'a'), ",info,m,\n"), "names of 1 to 32"},
      {"80,,a,,m,\n", "line 2, column 7: severity \"\" is unknown, allowed are info, warning and"},
      {"80,,a,fatal,m,\n", "severity \"fatal\" is unknown, allowed are info, warning and error"},
      {",,nosuchkind,,,\n",
       "line 2, column 3: kind \"nosuchkind\" has no rules to drop, it must be one of "
       "dynamic-class, "},
      {"80,,a,info,,\n", "line 2, column 12: message is empty, it must have 1 to 200 bytes"},
      {"80,,a,info,\"two\nlines\",\n", "must be one line without control characters"},
      {"80,,a,info,m,\"\x1b[2J\"\n", "reference \"\\x1b[2J\" must be one line"},
      {absl::StrCat("80,,a,info,", std::string(201, 'm'), ",\n"), "has 201 bytes, at most 200"},
      {",,a,info,,\n", "line 2, column 5: \"info\" is about no port: give Ports"},
      {"1,,a,info,m,\n,tcp,b,,,\n", "line 3, column 2: \"tcp\" is about no port"},
      {"80,,a,info\n", "row has 4 fields, the header has 6"},
      {"80,,a,info,\"m\n", "line 2"}};
  for (const auto& [rows, message] : table) {
    const absl::Status status = ParseRows(rows).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << rows;
    EXPECT_THAT(Message(status), HasSubstr(message)) << rows;
  }
}

TEST(RangeTableTest, AHeaderWithoutAColumnIsRefused) {
  EXPECT_THAT(Message(ParseRangeTable("Ports,Kind,Severity,Message,Reference\n").status()),
              HasSubstr("line 1, column 1: not a table of range rules: the header has no column "
                        "\"Transport Protocol\", it must have Ports, Transport Protocol, Kind"));
  EXPECT_THAT(Message(ParseRangeTable("").status()), HasSubstr("empty"));
}

TEST(RangeTableTest, RowsAndRangesAreLimited) {
  std::string rows;
  for (size_t i = 0; i < RangeRules::kMaxRules; ++i) absl::StrAppend(&rows, i, ",,a,info,m,\n");
  EXPECT_TRUE(ParseRows(rows).ok());
  EXPECT_THAT(Message(ParseRows(rows + "7,,a,info,m,\n").status()),
              HasSubstr("line 202, column 1: more than 200 rules or 2000 ranges"));
  std::string ports = "0";
  for (size_t i = 1; i <= RangeRules::kMaxRanges; ++i) absl::StrAppend(&ports, ",", 2 * i);
  EXPECT_THAT(Message(ParseRows(absl::StrCat("\"", ports, "\",,a,info,m,\n")).status()),
              HasSubstr("more than 200 rules or 2000 ranges"));
}

TEST(RangeTableTest, AFileIsNamed) {
  const TempDirectory directory;
  const std::string bad = directory.Write("bad.csv", absl::StrCat(kRulesHeader, "x,,a,info,m,\n"));
  EXPECT_THAT(Message(ReadRangeFile(bad).status()), StartsWith(bad + ": line 2, column 1: "));
  const std::string missing = directory.PathOf("missing.csv");
  EXPECT_EQ(ReadRangeFile(missing).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(ReadRangeFile(missing).status()), StartsWith(missing + ": "));
}

TEST(RangeTableTest, TheEmbeddedRulesHaveEveryKind) {
  for (const RangeRuleKind& known : kRangeRuleKinds) {
    bool found = false;
    for (const RangeRule& rule : EmbeddedRangeRules().rules()) {
      found |= rule.kind_name == known.name;
      EXPECT_FALSE(rule.reference.empty());
    }
    EXPECT_TRUE(found) << known.name;
  }
}

}  // namespace
}  // namespace portreg
