#include "common/import/import_table.h"

#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/data/csv.h"
#include "common/data/own_table.h"
#include "common/data/record_csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The result of an import: its rows as "name ports/transport owner", and its notes.
struct Outcome {
  std::vector<std::string> rows;
  std::vector<std::string> left_out;
  std::vector<std::string> remarks;
  std::string error;
};

std::vector<std::string> TextsOf(const std::vector<ImportNote>& notes) {
  std::vector<std::string> texts;
  for (const ImportNote& note : notes) texts.push_back(absl::StrCat(note.line, ": ", note.text));
  return texts;
}

Outcome Import(absl::string_view text, const ImportOptions& options = {}) {
  const absl::StatusOr<ImportedTable> table = ImportTable(text, options);
  Outcome outcome;
  if (!table.ok()) {
    outcome.error = std::string(table.status().message());
    return outcome;
  }
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseOwnTable(table->csv, Layer::kLocal, kept);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->set_aside, IsEmpty());
  EXPECT_EQ(parsed->records.size(), table->record_count);
  for (const ServiceRecord& record : parsed->records) {
    std::string row =
        absl::StrCat(record.service, " ", record.ports ? ToString(*record.ports) : "-", "/",
                     ToString(record.transport));
    for (const absl::string_view part :
         {record.details->owner, record.aliases, record.scope,
          record.status == RecordStatus::kActive ? "" : ToString(record.status)}) {
      if (!part.empty()) absl::StrAppend(&row, " ", part);
    }
    outcome.rows.push_back(row);
  }
  outcome.left_out = TextsOf(table->notes.left_out);
  outcome.remarks = TextsOf(table->notes.remarks);
  return outcome;
}

ImportOptions WithProtocols(const std::vector<std::string>& protocols) {
  ImportOptions options;
  for (const std::string& protocol : protocols) EXPECT_TRUE(options.words.Add(protocol).ok());
  return options;
}

ImportOptions WithColumns(const std::vector<std::string>& columns) {
  ImportOptions options;
  for (const std::string& column : columns) {
    options.columns.push_back(ReadColumnChoice(column).value());
  }
  return options;
}

TEST(ImportTableTest, RowsBecomeARecordForEachRangeAndTransport) {
  const Outcome outcome = Import(
      "Service Name,Port Number,Transport Protocol,Description,Owner\n"
      "resolver,53,TCP/UDP,,net\n"
      "front,\"80,443\",tcp,,web\n"
      "voice,35200 - 35220,udp,,\n"
      "ping,,icmp,,\n"
      ",7000-7099,,,blue\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("resolver 53/tcp net", "resolver 53/udp net", "front 80/tcp web",
                          "front 443/tcp web", "voice 35200-35220/udp", " 7000-7099/ blue"));
  EXPECT_THAT(outcome.left_out,
              ElementsAre("5: protocol \"icmp\" is not tcp, udp, sctp or dccp, which have ports"));
  EXPECT_THAT(outcome.remarks, IsEmpty());
}

TEST(ImportTableTest, ARowEqualsItsExpansionWrittenOut) {
  constexpr absl::string_view kHeader = "Name,Port,Protocol,Owner\n";
  const auto csv = [&](absl::string_view rows) {
    return ImportTable(absl::StrCat(kHeader, rows), {})->csv;
  };
  EXPECT_EQ(csv("a,\"53,80-81\",udp/tcp,x\n"),
            csv("a,53,tcp,x\na,80-81,tcp,x\na,53,udp,x\na,80-81,udp,x\n"));
  EXPECT_EQ(csv("a,53/tcp;161/udp,,x\n"), csv("a,53,tcp,x\na,161,udp,x\n"));
}

TEST(ImportTableTest, PortsStateTransports) {
  const Outcome outcome = Import(
      "name,port_mappings,description\n"
      "resolver,\"tcp/53,udp/53\",\n"
      "media,udp/35200-35220,\n"
      "mixed,\"tcp/80,443\",\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("resolver 53/tcp", "resolver 53/udp", "media 35200-35220/udp"));
  EXPECT_THAT(outcome.left_out,
              ElementsAre("4: a transport is given for some of the ports only, write "
                          "80/tcp,443/tcp"));
}

TEST(ImportTableTest, PortAndColumnOfTransportsMustAgree) {
  const Outcome outcome = Import(
      "Name,Port,Protocol\na,80/tcp,tcp\nb,80/tcp,udp\nc,80/tcp,\nd,80/tcp,HTTP\ne,80/tcp,any\n"
      "f,\"80/tcp,81\",tcp\ng,any/80,tcp\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("a 80/tcp", "c 80/tcp", "d 80/tcp", "f 80/tcp", "f 81/tcp"));
  EXPECT_THAT(outcome.left_out, ElementsAre("3: the port says tcp, the column of transports udp",
                                            "6: the port says tcp, the column of transports any",
                                            "8: the port says any, the column of transports tcp"));
  EXPECT_THAT(outcome.remarks, ElementsAre(HasSubstr("5: protocol \"HTTP\" is not tcp")));
}

TEST(ImportTableTest, AnEmptyColumnOfTransportsStatesNone) {
  constexpr absl::string_view kWhy =
      "a transport is given for some of the ports only, write 80/tcp,443/tcp";
  ImportOptions options;
  options.transports = {Transport::kTcp};
  for (const ImportOptions& each : {ImportOptions(), options}) {
    const Outcome outcome = Import(
        "Name,Port,Protocol\na,\"80, 443 (TCP)\",\nb,\"TCP/UDP 500, 4500\",-\nc,80,tcp\n", each);
    EXPECT_THAT(outcome.rows, ElementsAre("c 80/tcp"));
    EXPECT_THAT(outcome.left_out,
                ElementsAre(absl::StrCat("2: ", kWhy), absl::StrCat("3: ", kWhy)));
  }
}

TEST(ImportTableTest, TicksStateTransports) {
  const Outcome outcome = Import(
      "Port,TCP,UDP,Name\n1,\u2714\uFE0F,\u274C,a\n2,\u2713,x,b\n3,yes,NO,c\n4,1,0,d\n5,,X,e\n"
      "6,true,-,f\n7,TCP,,g\n8,,,h\n9,maybe,,i\n");
  EXPECT_THAT(outcome.rows, ElementsAre("a 1/tcp", "b 2/tcp", "b 2/udp", "c 3/tcp", "d 4/tcp",
                                        "e 5/udp", "f 6/tcp", "g 7/tcp"));
  EXPECT_THAT(outcome.left_out,
              ElementsAre("9: no column of a transport is ticked",
                          HasSubstr("10: column \"TCP\" has \"maybe\", allowed are a tick, x")));
}

TEST(ImportTableTest, ColumnsOfTransportsHoldPortsWithoutAnotherColumn) {
  const Outcome outcome =
      Import("Service,TCP Port,UDP Port\ndns,53,53\nsnmp,-,161\nweb,\"80,443\",\nbad,80/udp,\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("dns 53/tcp", "dns 53/udp", "snmp 161/udp", "web 80/tcp", "web 443/tcp"));
  EXPECT_THAT(outcome.left_out, ElementsAre(HasSubstr("5: ports \"80/udp\" name another")));
}

TEST(ImportTableTest, ProtocolsAreAssignedByFlag) {
  constexpr absl::string_view kTable = "Name,Port,Protocol\nxds,15010,GRPC\nweb,80,HTTP\n";
  EXPECT_THAT(Import(kTable).left_out,
              ElementsAre("2: protocol \"GRPC\" is not tcp, udp, sctp or dccp; --protocol "
                          "GRPC=tcp says which it uses",
                          "3: protocol \"HTTP\" is not tcp, udp, sctp or dccp; --protocol "
                          "HTTP=tcp says which it uses"));
  const Outcome outcome = Import(kTable, WithProtocols({"grpc=tcp", "HTTP=tcp/udp"}));
  EXPECT_THAT(outcome.rows, ElementsAre("xds 15010/tcp", "web 80/tcp", "web 80/udp"));
  EXPECT_THAT(outcome.left_out, IsEmpty());
}

TEST(ImportTableTest, DefaultTransportsAreForTablesWithoutAny) {
  ImportOptions options;
  options.transports = {Transport::kTcp};
  EXPECT_THAT(Import("Port,Name\n1,a\n2/udp,b\n", options).rows, ElementsAre("a 1/tcp", "b 2/udp"));
  const Outcome stated = Import("Port,Name,Protocol\n1,a,\n2,b,udp\n", options);
  EXPECT_THAT(stated.rows, ElementsAre("a 1/", "b 2/udp"));
  EXPECT_THAT(stated.remarks, ElementsAre(HasSubstr("0: the default transport is not used")));
  const Outcome without = Import("Port,Name\n1,a\n2,b\n");
  EXPECT_THAT(without.rows, ElementsAre("a 1/", "b 2/"));
  EXPECT_THAT(without.remarks, ElementsAre(HasSubstr("2: the table does not state transports")));
}

TEST(ImportTableTest, ColumnsAreChosenByFlag) {
  EXPECT_THAT(Import("Nr,Dienst\n7100,billing\n").error, HasSubstr("no table of ports"));
  EXPECT_THAT(
      Import("Nr,Dienst\n7100,billing\n", WithColumns({"Nr=Port Number", "Dienst=Service Name"}))
          .rows,
      ElementsAre("billing 7100/"));
  EXPECT_EQ(Import("Port,Name\n1,a\n", WithColumns({"App=Owner"})).error,
            "no column has the title \"App\", the titles are \"Port\", \"Name\"");
}

TEST(ImportTableTest, HostBecomesTheScopeAndBadScopesAreLeftOut) {
  const Outcome outcome = Import("Name,Port,Host\nui,80,nas1\nui,80,pi 4\n");
  EXPECT_THAT(outcome.rows, ElementsAre("ui 80/ nas1"));
  EXPECT_THAT(outcome.left_out, ElementsAre(HasSubstr("3: scope \"pi 4\" is not labels")));
  EXPECT_THAT(outcome.remarks, Contains("1: columns are read: \"Host\" as Scope"));
}

TEST(ImportTableTest, ValuesAreSpelledAsInOwnTables) {
  const Outcome outcome = Import(
      "Name,Port,Protocol,Host,Aliases,Status,Until,Bind\n"
      "\u00A0a\u00A0,1,tcp,*,\"inv, invoices\",Live,31.12.2026,localhost\n"
      "b,2,tcp,web1,x/y,Decommissioned,2026-12-31,\n"
      "c,3,tcp,0.0.0.0,p;q,,,0.0.0.0\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("a 1/tcp inv invoices", "b 2/tcp x y web1 retired", "c 3/tcp p q"));
  EXPECT_THAT(outcome.left_out, IsEmpty());
  EXPECT_THAT(outcome.remarks, ElementsAre("1: columns are read: \"Host\" as Scope",
                                           "2: until \"31.12.2026\" is read as 2026-12-31",
                                           "2: bind \"localhost\" is read as loopback",
                                           "2: scope \"*\" is read as everywhere",
                                           "2: status \"Live\" is read as active",
                                           "3: aliases \"x/y\" are read as \"x y\"",
                                           "3: status \"Decommissioned\" is read as retired",
                                           "4: bind \"0.0.0.0\" is read as any address",
                                           "4: scope \"0.0.0.0\" is read as everywhere"));
}

TEST(ImportTableTest, UnusableValuesOfOptionalColumnsNameTheFlag) {
  const Outcome outcome = Import(
      "Name,Port,Protocol,Host,Life cycle,Until\na,1,tcp,\"web01, web02\",,\nb,2,tcp,,OPEN,\n"
      "c,3,tcp,,,12/31/2026\n");
  EXPECT_THAT(outcome.rows, IsEmpty());
  EXPECT_THAT(outcome.left_out,
              ElementsAre(AllOf(HasSubstr("2: scope \"web01, web02\" is not labels"),
                                EndsWith("; --columns Host=- leaves the column out")),
                          AllOf(HasSubstr("3: status \"OPEN\" is unknown"),
                                EndsWith("; --columns TITLE=- leaves the column out")),
                          AllOf(HasSubstr("4: day \"12/31/2026\" is not a date"),
                                EndsWith("; --columns Until=- leaves the column out"))));
  EXPECT_THAT(Import("Name,Port,Host\na,1,\"web01, web02\"\n", WithColumns({"Host=-"})).rows,
              ElementsAre("a 1/"));
}

TEST(ImportTableTest, OwnTablesKeepTheirValues) {
  constexpr absl::string_view kHeader = "Service Name,Port Number,Transport Protocol,Description,";
  EXPECT_THAT(Import(absl::StrCat(kHeader, "Scope,Aliases\na,1,tcp,,all,\"x/y, z\"\n")).rows,
              ElementsAre("a 1/tcp x/y z all"));
  const Outcome host = Import(absl::StrCat(kHeader, "Host\na,1,tcp,,all\n"));
  EXPECT_THAT(host.rows, ElementsAre("a 1/tcp"));
  EXPECT_THAT(host.remarks, Contains("2: scope \"all\" is read as everywhere"));
}

TEST(ImportTableTest, RowsThatOwnTablesRefuseAreLeftOutWithTheirLine) {
  const Outcome outcome = Import(
      absl::StrCat("Name,Port,Status,Owner,Description\na,1,broken,,\n\"b\",2,,,\"two\nlines\"\n",
                   std::string(65, 'c'), ",3,,,\n,4,,,x\nd,5,retired,ops,\n#e,6,,,\n"));
  EXPECT_THAT(outcome.rows, ElementsAre("b 2/", "d 5/ ops retired"));
  EXPECT_THAT(outcome.left_out,
              ElementsAre(HasSubstr("2: status \"broken\" is unknown, allowed are active"),
                          HasSubstr("5: service name \"cccc"), HasSubstr("6: row has neither"),
                          HasSubstr("8: service name \"#e\" begins with")));
}

TEST(ImportTableTest, NumbersOfFootnotesAreNoPorts) {
  const Outcome outcome = Import("Name\tPort\tProto\nx\t7125 [1]\ttcp\ny\t9000+\ttcp\n");
  EXPECT_THAT(outcome.rows, IsEmpty());
  EXPECT_THAT(outcome.left_out,
              ElementsAre("2: ports \"7125 [1]\" cannot be used: its number in brackets behind a "
                          "port may be that of a footnote",
                          "3: ports \"9000+\" cannot be used: its \"+\" may mean the ports above, "
                          "write a range such as 8000-8010"));
}

TEST(ImportTableTest, DoubtfulRowsAreRemarked) {
  const Outcome outcome = Import(
      "Name,Port,Owner,Protocol\nDatabases,,,\n,7000-7099,blue,tcp\nlogical,,ops,tcp\n"
      "a,7100.0,-,tcp\n");
  EXPECT_THAT(outcome.rows, ElementsAre(" 7000-7099/tcp blue", "logical -/tcp ops", "a 7100/tcp"));
  EXPECT_THAT(outcome.left_out,
              ElementsAre("2: only one cell is filled, the row seems to be a heading"));
  EXPECT_THAT(outcome.remarks, ElementsAre("3: no service name, read as a block of \"blue\"",
                                           "4: no port, read as the name \"logical\" alone",
                                           "5: port 7100.0 is read as 7100"));
}

TEST(ImportTableTest, ServicesFilesAreRead) {
  const Outcome outcome = Import(
      "# local\nblockgame 10001/tcp bg # game\nblockgame 10001/udp bg\nnatd 8668/divert\n"
      "\tindented 7300/tcp\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("blockgame 10001/tcp bg", "blockgame 10001/udp bg", "indented 7300/tcp"));
  EXPECT_THAT(outcome.left_out, ElementsAre(HasSubstr("4: protocol \"divert\"")));
}

TEST(ImportTableTest, MarkdownIsReadWhateverSurroundsIt) {
  const Outcome outcome = Import(
      "Port, service and so on\n\n| Port | Protocol | Service | Owner |\n|---|---|---|---|\n"
      "| **7100** | TCP | billing | pay@x |\n| `80` / `443` | TCP | front | web@x |\n");
  EXPECT_THAT(outcome.rows,
              ElementsAre("billing 7100/tcp pay@x", "front 80/tcp web@x", "front 443/tcp web@x"));
  EXPECT_THAT(outcome.left_out, IsEmpty());
}

TEST(ImportTableTest, TextsWithoutATableAreErrors) {
  EXPECT_EQ(Import("").error, "file is empty");
  EXPECT_EQ(Import(" \n\n").error, "file is empty");
  EXPECT_THAT(Import("hello\n").error, HasSubstr("the file begins with \"hello\""));
  EXPECT_THAT(Import("|Name|Phone|\n|-|-|\n|a|1|\n").error, HasSubstr("no table of ports"));
  EXPECT_THAT(Import("Port,Name,Port\n1,a,2\n").error, HasSubstr("stands twice"));
}

TEST(ImportTableTest, RecordsAreBounded) {
  std::string text = "Port,Name,Protocol\n";
  for (int i = 0; i < 4; ++i) absl::StrAppend(&text, "0-65535,a", i, ",tcp\n");
  EXPECT_THAT(Import(text).rows, SizeIs(4));
  for (int i = 0; i < 200'000; ++i) absl::StrAppend(&text, "1,a,tcp\n");
  EXPECT_THAT(Import(text).error, HasSubstr("more than 200000 rows"));
  std::string lists = "Port,Name,Protocol\n";
  for (int i = 0; i < 60; ++i) {
    absl::StrAppend(&lists, "\"1");
    for (int port = 0; port < 5'000; ++port) absl::StrAppend(&lists, ",2");
    absl::StrAppend(&lists, "\",a,tcp\n");
  }
  EXPECT_THAT(Import(lists).error, HasSubstr("more records than an own table may have"));
}

// Makes tables of odd texts.
class OddTables {
 public:
  explicit OddTables(uint32_t seed) : random_(seed) {}

  // Returns a table that ParseOwnTable reads completely.
  std::string Table() {
    std::string text =
        "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,"
        "Scope,Status,Since,Until,Bind,Reference,Assignee\n";
    const size_t rows = Below(12);
    for (size_t i = 0; i < rows; ++i) {
      // A row has a name, or a port and an owner.
      const bool named = Below(4) != 0;
      const std::vector<std::string> fields = {
          named ? absl::StrCat("n", Text(8, 40)) : "",
          named && Below(4) == 0 ? "" : Pick({"80", "7000-7099", "\u00A0"}, "443,8443"),
          Pick({"", "tcp", "udp", "sctp/dccp", "TCP, UDP"}, "dccp"),
          Text(30),
          absl::StrCat("o", Text(10)),
          Pick({"", "x", "a  b", "p|q \"r\""}, "s/t"),
          Pick({"", "eu/prod", "\"a\"", "x,y"}, "nas1"),
          Pick({"", "planned", "Retired"}, "deprecated"),
          Pick({"", "2026-11-29"}, "2024-02-29"),
          Pick({""}, "2027-01-01"),
          Pick({""}, "loopback"),
          Below(3) == 0 ? Text(20) : "",
          Below(3) == 0 ? Text(20) : ""};
      std::vector<std::string> quoted;
      for (const std::string& field : fields) {
        quoted.push_back(field == "\u00A0" ? "53" : ToCsvField(field));
      }
      absl::StrAppend(&text, absl::StrJoin(quoted, ","), "\n");
    }
    return text;
  }

 private:
  size_t Below(size_t bound) { return random_() % bound; }

  std::string Pick(std::vector<std::string> texts, const std::string& last) {
    texts.push_back(last);
    return texts[Below(texts.size())];
  }

  std::string Text(size_t most_pieces, size_t most_bytes = 100) {
    static constexpr std::array<absl::string_view, 22> kPieces = {
        "a",     "B",      "\"",     "\"\"",       ",",     ";",
        "\t",    "|",      "\n",     "\r",         "\r\n",  " ",
        "- ",    "#",      "\u20AC", "\U0001F600", "|---|", "\n|Port|Name|\n|-|-|\n|1|x|\n",
        "sep=;", "80/tcp", "\\",     "\u200B"};
    std::string text;
    const size_t count = Below(most_pieces);
    for (size_t i = 0; i < count; ++i) {
      const absl::string_view piece = kPieces[Below(kPieces.size())];
      if (text.size() + piece.size() <= most_bytes) absl::StrAppend(&text, piece);
    }
    return text;
  }

  std::mt19937 random_;
};

// Returns the table as export --format=csv writes it.
std::string Exported(absl::string_view text) {
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseOwnTable(text, Layer::kLocal, kept);
  EXPECT_TRUE(parsed.ok()) << parsed.status() << "\n" << text;
  EXPECT_THAT(parsed->set_aside, IsEmpty()) << parsed->set_aside[0].reason;
  RecordCsv csv(RecordColumns::kOwn);
  for (const ServiceRecord& record : parsed->records) EXPECT_TRUE(csv.Add(record).ok());
  return csv.Text();
}

TEST(ImportTableTest, ImportOfWhatExportWritesIsTheIdentity) {
  size_t rows = 0;
  for (uint32_t seed = 0; seed < 2'000; ++seed) {
    const std::string exported = Exported(OddTables(seed).Table());
    const absl::StatusOr<ImportedTable> imported = ImportTable(exported, {});
    ASSERT_TRUE(imported.ok()) << seed << ": " << imported.status() << "\n" << exported;
    EXPECT_THAT(TextsOf(imported->notes.left_out), IsEmpty()) << exported;
    EXPECT_THAT(TextsOf(imported->notes.remarks), IsEmpty()) << exported;
    ASSERT_EQ(imported->csv, exported) << seed;
    rows += imported->record_count;
  }
  EXPECT_GT(rows, 10'000);
}

TEST(ImportTableTest, ImportOfAnOwnTableKeepsItsRecords) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    const std::string table = OddTables(seed).Table();
    const absl::StatusOr<ImportedTable> imported = ImportTable(table, {});
    ASSERT_TRUE(imported.ok()) << seed << ": " << imported.status() << "\n" << table;
    ASSERT_EQ(imported->csv, Exported(table)) << seed;
  }
}

}  // namespace
}  // namespace portreg
