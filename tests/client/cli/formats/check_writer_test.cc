#include "client/cli/formats/check_writer.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

std::string WrittenCheck(const std::vector<CheckFinding>& findings, Format format,
                         const Terminal& terminal = {}) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  WriteCheckFindings(findings, "abc", format, terminal, Printer(file.get()));
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

google::protobuf::Struct ParsedJson(const std::string& json) {
  google::protobuf::Struct parsed;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &parsed).ok()) << json;
  return parsed;
}

CheckFinding OfRow() {
  CheckFinding finding;
  finding.severity = FindingSeverity::kWarning;
  finding.rule = "linux-ephemeral";
  finding.message = "by default: 100 % given, to others";
  finding.file = "a folder/ports:1,\xC3\xA4.csv";
  finding.line = 7;
  finding.subject = "39100/tcp";
  finding.service = "cloud \"exporter\"";
  finding.owner = "obs";
  return finding;
}

CheckFinding Unusable() {
  CheckFinding finding;
  finding.rule = "unusable-row";
  finding.message = "port 70000 is out of range [0, 65535]";
  finding.file = "/abs.csv";
  finding.line = 3;
  finding.column = 5;
  return finding;
}

CheckFinding OfClaim() {
  CheckFinding finding;
  finding.severity = FindingSeverity::kInfo;
  finding.rule = "iana-unassigned";
  finding.message = "unassigned";
  finding.subject = "7888/tcp";
  return finding;
}

TEST(CheckWriterTest, TableHasALineForEachFinding) {
  EXPECT_EQ(WrittenCheck({OfRow(), Unusable(), OfClaim()}, Format::kTable),
            "a folder/ports:1,\xC3\xA4.csv:7: warning linux-ephemeral: 39100/tcp: by default: 100 "
            "% given, to others\n"
            "/abs.csv:3: error unusable-row: column 5: port 70000 is out of range [0, 65535]\n"
            "7888/tcp: info iana-unassigned: unassigned\n");
  EXPECT_THAT(WrittenCheck({Unusable()}, Format::kTable, {.color = true}),
              HasSubstr("\033[1merror unusable-row\033[0m"));
}

TEST(CheckWriterTest, FindingsAboutTheSamePortsOfARowShareALine) {
  CheckFinding second = OfRow();
  second.rule = "commonly-used";
  second.message = "commonly used by x";
  CheckFinding other_ports = second;
  other_ports.subject = "39100/udp";
  CheckFinding graver = second;
  graver.severity = FindingSeverity::kError;
  CheckFinding next_row = second;
  next_row.line = 8;
  const std::string place = "a folder/ports:1,\xC3\xA4.csv:";
  EXPECT_EQ(WrittenCheck({OfRow(), second, other_ports, graver, next_row}, Format::kTable),
            place +
                "7: warning linux-ephemeral,commonly-used: 39100/tcp: by default: 100 % given, "
                "to others; commonly used by x\n" +
                place + "7: warning commonly-used: 39100/udp: commonly used by x\n" + place +
                "7: error commonly-used: 39100/tcp: commonly used by x\n" + place +
                "8: warning commonly-used: 39100/tcp: commonly used by x\n");
  // Claims of the command line, and places within a row, have a line each.
  EXPECT_EQ(WrittenCheck({OfClaim(), OfClaim()}, Format::kTable),
            "7888/tcp: info iana-unassigned: unassigned\n"
            "7888/tcp: info iana-unassigned: unassigned\n");
}

TEST(CheckWriterTest, GithubsCommandsAreEscaped) {
  CheckFinding broken = Unusable();
  broken.message = "a\r\nb::c";
  EXPECT_EQ(WrittenCheck({OfRow(), broken, OfClaim()}, Format::kGithub),
            "::warning file=a folder/ports%3A1%2C\xC3\xA4.csv,line=7,title=linux-ephemeral::"
            "39100/tcp: by default: 100 %25 given, to others\n"
            "::error file=/abs.csv,line=3,col=5,title=unusable-row::a%0D%0Ab::c\n"
            "::notice title=iana-unassigned::7888/tcp: unassigned\n");
}

TEST(CheckWriterTest, JsonHasEveryFindingAndTheNumbers) {
  const google::protobuf::Struct document =
      ParsedJson(WrittenCheck({OfRow(), Unusable(), OfClaim()}, Format::kJson));
  EXPECT_EQ(document.fields().at("revision").string_value(), "abc");
  EXPECT_EQ(document.fields().at("errors").number_value(), 1);
  EXPECT_EQ(document.fields().at("warnings").number_value(), 1);
  EXPECT_EQ(document.fields().at("infos").number_value(), 1);
  ASSERT_EQ(document.fields().at("findings").list_value().values_size(), 3);
  const auto& first = document.fields().at("findings").list_value().values(0).struct_value();
  EXPECT_EQ(first.fields().at("line").number_value(), 7);
  EXPECT_EQ(first.fields().at("service").string_value(), "cloud \"exporter\"");
  EXPECT_EQ(first.fields().at("ports").string_value(), "39100/tcp");
  EXPECT_FALSE(first.fields().contains("column"));
  const std::string lines = WrittenCheck({OfRow(), OfClaim()}, Format::kNdjson);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_EQ(ParsedJson(lines.substr(0, lines.find('\n'))).fields().at("rule").string_value(),
            "linux-ephemeral");
  EXPECT_EQ(ParsedJson(WrittenCheck({}, Format::kJson))
                .fields()
                .at("findings")
                .list_value()
                .values_size(),
            0);
}

TEST(SarifWriterTest, ResultsNameRulesAndPlaces) {
  const google::protobuf::Struct document =
      ParsedJson(WrittenCheck({OfRow(), Unusable(), OfClaim(), OfRow()}, Format::kSarif));
  EXPECT_EQ(document.fields().at("version").string_value(), "2.1.0");
  const auto& run = document.fields().at("runs").list_value().values(0).struct_value().fields();
  const auto& driver = run.at("tool").struct_value().fields().at("driver").struct_value().fields();
  EXPECT_EQ(driver.at("name").string_value(), "portreg");
  const auto& rules = driver.at("rules").list_value();
  ASSERT_EQ(rules.values_size(), 3);
  const auto& results = run.at("results").list_value();
  ASSERT_EQ(results.values_size(), 4);
  const std::vector<std::string> levels = {"warning", "error", "note", "warning"};
  for (int i = 0; i < 4; ++i) {
    const auto& result = results.values(i).struct_value().fields();
    EXPECT_EQ(result.at("level").string_value(), levels[i]);
    const auto& rule = rules.values(static_cast<int>(result.at("ruleIndex").number_value()));
    EXPECT_EQ(rule.struct_value().fields().at("id").string_value(),
              result.at("ruleId").string_value());
  }
  const auto place = [&](int i) {
    return results.values(i)
        .struct_value()
        .fields()
        .at("locations")
        .list_value()
        .values(0)
        .struct_value()
        .fields()
        .at("physicalLocation")
        .struct_value()
        .fields();
  };
  EXPECT_EQ(place(0).at("artifactLocation").struct_value().fields().at("uri").string_value(),
            "a%20folder/ports%3A1%2C%C3%A4.csv");
  EXPECT_EQ(place(0).at("region").struct_value().fields().at("startLine").number_value(), 7);
  EXPECT_EQ(place(1).at("artifactLocation").struct_value().fields().at("uri").string_value(),
            "file:///abs.csv");
  EXPECT_FALSE(results.values(2).struct_value().fields().contains("locations"));
}

TEST(SarifWriterTest, NoFindingIsARunWithoutResults) {
  const google::protobuf::Struct document = ParsedJson(WrittenCheck({}, Format::kSarif));
  const auto& run = document.fields().at("runs").list_value().values(0).struct_value().fields();
  EXPECT_EQ(run.at("results").list_value().values_size(), 0);
}

TEST(CheckFindingTest, EveryRuleHasASummary) {
  for (int kind = 1; kind <= static_cast<int>(kAdvisoryKinds.size()); ++kind) {
    EXPECT_FALSE(SummaryOf(RuleOfKind(kind)).empty()) << kind;
    EXPECT_EQ(SummaryOf(RuleOfKind(kind)).find("does not know"), std::string::npos) << kind;
  }
  EXPECT_EQ(RuleOfKind(99), "kind-99");
  EXPECT_THAT(std::string(SummaryOf("kind-99")), HasSubstr("does not know"));
}

}  // namespace
}  // namespace portreg::cli
