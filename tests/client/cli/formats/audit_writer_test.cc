#include "client/cli/formats/audit_writer.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

std::string WrittenFindings(const std::vector<AuditFinding>& findings, const AuditShape& shape) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  WriteFindings(findings, "abc", shape, Printer(file.get()));
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

std::vector<AuditFinding> Findings() {
  AuditFinding ours;
  ours.verdict = Verdict::kOurs;
  ours.file = "hosts/a";
  ours.socket = ListeningSocket{.transport = Transport::kTcp,
                                .address = {"127.0.0.1", "lo", true},
                                .port = 7100,
                                .owners = {{"billing", 7}, {"billing", 8}},
                                .count = 2};
  ours.transport = Transport::kTcp;
  ours.ports = {7100, 7100};
  ours.is_local = true;
  ours.service = "billing";
  ours.owner = "pay, \"the\" team";
  ours.scope = "eu";
  ours.remarks = {"deprecated", "until 2026-01-01 is past"};
  AuditFinding free;
  free.verdict = Verdict::kRegistered;
  free.socket = ListeningSocket{.transport = Transport::kUdp,
                                .address = {"*", "", false},
                                .port = 2082,
                                .owners = {},
                                .count = 1};
  free.transport = Transport::kUdp;
  free.ports = {2082, 2082};
  free.registered_for = "infowave";
  free.practice = "cPanel";
  AuditFinding missing;
  missing.verdict = Verdict::kMissing;
  missing.ports = {7710, 7712};
  missing.is_local = true;
  missing.service =
      "tr\xC2\x9B"
      "acks\\";
  return {ours, free, missing};
}

TEST(WriteFindingsTest, TableSaysRegisteredForAndNeverIs) {
  EXPECT_EQ(
      WrittenFindings(Findings(), {}),
      "SOCKET                 PROCESS     VERDICT     REGISTRY                                 "
      "  OWNER            REMARK\n"
      "tcp 127.0.0.1%lo:7100  billing x2  ours        billing                                  "
      "  pay, \"the\" team  deprecated, until 2026-01-01 is past\n"
      "udp *:2082             -           registered  registered for infowave; practice: cPane"
      "l\n"
      "any 7710-7712          -           missing     tr\\u009backs\\\n");
}

TEST(WriteFindingsTest, TableHasTheFileIfThereAreSeveral) {
  EXPECT_EQ(WrittenFindings({Findings()[0]}, {.headers = false, .files = true}),
            "hosts/a  tcp 127.0.0.1%lo:7100  billing x2  ours  billing  pay, \"the\" team  "
            "deprecated, until 2026-01-01 is past\n");
}

TEST(WriteFindingsTest, JsonHasEveryMemberInEachFinding) {
  const std::string json = WrittenFindings(Findings(), {.format = Format::kJson});
  EXPECT_EQ(json,
            "{\"revision\":\"abc\",\"findings\":[\n"
            R"({"verdict":"ours","allowed":true,"file":"hosts/a","transport":"tcp",)"
            R"("address":"127.0.0.1","interface":"lo","firstPort":7100,"lastPort":7100,)"
            R"("processes":["billing"],"pids":[7,8],"count":2,"service":"billing",)"
            R"("owner":"pay, \"the\" team","scope":"eu","registeredFor":"","practice":"",)"
            R"("remarks":["deprecated","until 2026-01-01 is past"]},)"
            "\n"
            R"({"verdict":"registered","allowed":true,"file":"","transport":"udp","address":"*",)"
            R"("interface":"","firstPort":2082,"lastPort":2082,"processes":[],"pids":[],"count":1,)"
            R"("service":"","owner":"","scope":"","registeredFor":"infowave","practice":"cPanel",)"
            R"("remarks":[]},)"
            "\n"
            R"({"verdict":"missing","allowed":false,"file":"","transport":"","address":"",)"
            R"("interface":"","firstPort":7710,"lastPort":7712,"processes":[],"pids":[],"count":0,)"
            R"("service":"tr\u009backs\\","owner":"","scope":"","registeredFor":"","practice":"",)"
            R"("remarks":[]})"
            "\n]}\n");
  google::protobuf::Struct read;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  EXPECT_EQ(WrittenFindings({}, {.format = Format::kJson}),
            "{\"revision\":\"abc\",\"findings\":[\n]}\n");
}

TEST(WriteFindingsTest, NdjsonHasOneFindingALine) {
  const std::string text = WrittenFindings(Findings(), {.format = Format::kNdjson});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.substr(0, 18), "{\"verdict\":\"ours\",");
}

TEST(WriteFindingsTest, CsvAndTsvHaveTitlesAndQuotes) {
  EXPECT_EQ(WrittenFindings({Findings()[0]}, {.format = Format::kCsv}),
            "verdict,allowed,file,transport,address,interface,first_port,last_port,processes,pids,"
            "count,service,owner,scope,registered_for,practice,remarks\n"
            "ours,true,hosts/a,tcp,127.0.0.1,lo,7100,7100,billing,7 8,2,billing,"
            "\"pay, \"\"the\"\" team\",eu,,,\"deprecated, until 2026-01-01 is past\"\n");
  EXPECT_EQ(WrittenFindings({Findings()[2]}, {.format = Format::kTsv, .headers = false}),
            "missing\tfalse\t\t\t\t\t7710\t7712\t\t\t0\ttr\xC2\x9B"
            "acks\\\\\t\t\t\t\t\n");
}

}  // namespace
}  // namespace portreg::cli
