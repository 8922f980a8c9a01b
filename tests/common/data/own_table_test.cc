#include "common/data/own_table.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::string_view kHeader =
    "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope,Status,Since,"
    "Until,Bind\n";

// A table that was read, and the texts that its records view.
struct ReadTable {
  std::string text;
  LayerText kept;
  ParsedIanaCsv table;

  [[nodiscard]] std::vector<std::string> Records() const {
    std::vector<std::string> shown;
    for (const ServiceRecord& record : table.records) {
      shown.push_back(absl::StrCat(record.service, " ",
                                   record.ports ? ToString(*record.ports) : "-", "/",
                                   ToString(record.transport)));
    }
    return shown;
  }
};

ReadTable ReadRows(absl::string_view rows, Layer layer = Layer::kLocal) {
  ReadTable parsed;
  parsed.text = absl::StrCat(kHeader, rows);
  absl::StatusOr<ParsedIanaCsv> table = ParseOwnTable(parsed.text, layer, parsed.kept);
  EXPECT_TRUE(table.ok()) << table.status();
  if (table.ok()) parsed.table = *std::move(table);
  return parsed;
}

// Returns the reason for which the only row of a table is set aside.
std::string ReasonFor(absl::string_view row) {
  const ReadTable parsed = ReadRows(row);
  EXPECT_THAT(parsed.table.records, IsEmpty()) << row;
  if (parsed.table.set_aside.size() != 1) return "taken";
  return absl::StrCat(parsed.table.set_aside[0].position.column, ": ",
                      parsed.table.set_aside[0].reason);
}

TEST(OwnTableTest, ARowBecomesARecordForEachRangeAndTransport) {
  EXPECT_THAT(ReadRows("web,\"80,443\",tcp,,ops,,,,,,\n").Records(),
              ElementsAre("web 80/tcp", "web 443/tcp"));
  EXPECT_THAT(ReadRows("voice,35200 - 35220,UDP,,ops,,,,,,\n").Records(),
              ElementsAre("voice 35200-35220/udp"));
  EXPECT_THAT(ReadRows("etcd,2379\u20132380,TCP/udp,,ops,,,,,,\n").Records(),
              ElementsAre("etcd 2379-2380/tcp", "etcd 2379-2380/udp"));
  EXPECT_THAT(ReadRows("a,1,\"udp, tcp\",,ops,,,,,,\nb,2,tcp udp,,ops,,,,,,\n").Records(),
              ElementsAre("a 1/tcp", "a 1/udp", "b 2/tcp", "b 2/udp"));
  EXPECT_THAT(ReadRows("a,,,,ops,,,,,,\nb,3,,,ops,,,,,,\n").Records(), ElementsAre("a -/", "b 3/"));
}

TEST(OwnTableTest, ColumnsAreKept) {
  const ReadTable parsed = ReadRows(
      "billing,7000,tcp,API,payments,bill invoices,eu/prod,Planned,2026-01-31,2027-12-01,"
      "loopback\n");
  ASSERT_THAT(parsed.table.records, SizeIs(1));
  const ServiceRecord& record = parsed.table.records[0];
  EXPECT_EQ(record.details->owner, "payments");
  EXPECT_THAT(Aliases(record), ElementsAre("bill", "invoices"));
  EXPECT_EQ(record.scope, "eu/prod");
  EXPECT_EQ(record.status, RecordStatus::kPlanned);
  EXPECT_EQ(record.description, "API");
  EXPECT_EQ(record.line, 2);
  EXPECT_EQ(record.details->since, "2026-01-31");
  EXPECT_EQ(record.details->until, "2027-12-01");
  EXPECT_EQ(record.details->bind, "loopback");
}

TEST(OwnTableTest, DaysAndBindAreStoredInOneSpelling) {
  const ReadTable parsed =
      ReadRows("a,1,tcp,,ops,,,, 2026-01-31 ,2027-12-01 , LoopBack\nb,2,,,ops,,,, , , \n");
  ASSERT_THAT(parsed.table.records, SizeIs(2));
  EXPECT_EQ(parsed.table.records[0].details->since, "2026-01-31");
  EXPECT_EQ(parsed.table.records[0].details->until, "2027-12-01");
  EXPECT_EQ(parsed.table.records[0].details->bind, "loopback");
  EXPECT_EQ(parsed.table.records[1].details->since, "");
  EXPECT_EQ(parsed.table.records[1].details->until, "");
  EXPECT_EQ(parsed.table.records[1].details->bind, "");
}

TEST(OwnTableTest, OnlyLocalRecordsHaveTheColumnsOfOwners) {
  const ReadTable parsed =
      ReadRows("a,1,tcp,,ops,,,,2026-01-31,2027-12-01,loopback\n", Layer::kCommon);
  ASSERT_THAT(parsed.table.records, SizeIs(1));
  const RecordDetails& details = *parsed.table.records[0].details;
  for (const absl::string_view text : {details.owner, details.since, details.until, details.bind}) {
    EXPECT_EQ(text, "");
  }
}

TEST(OwnTableTest, PortsThatASpreadsheetChangedAreRefusedWithTheCause) {
  for (const char* date : {"12-Oct", "7-Jan", "Oct-12", "2026-07-01", "7/1/2026", "1.7.2026"}) {
    EXPECT_THAT(ReasonFor(absl::StrCat("a,", date, ",,,ops,,,,,,\n")),
                AllOf(HasSubstr("3: "), HasSubstr("spreadsheet made a date"), HasSubstr(date)));
  }
  EXPECT_THAT(ReasonFor("a,7100.0,,,ops,,,,,,\n"),
              AllOf(HasSubstr("\"7100.0\""), HasSubstr("write the number without decimals")));
  for (const char* other : {"http", "90-80", "70000", "80/tcp", "80-"}) {
    EXPECT_THAT(ReasonFor(absl::StrCat("a,", other, ",,,ops,,,,,,\n")),
                AllOf(Not(HasSubstr("spreadsheet")), Not(HasSubstr("decimals"))));
  }
}

TEST(OwnTableTest, AColumnWithoutATitleMustBeEmpty) {
  LayerText kept;
  const std::string text =
      absl::StrCat(absl::StripSuffix(kHeader, "\n"),
                   ",,\na,1,,,ops,,,,,,,,\n,,,,,,,,,,,,\nb,2,,B, ops,,,,,,,x,\n");
  const absl::StatusOr<ParsedIanaCsv> table = ParseOwnTable(text, Layer::kLocal, kept);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->records, SizeIs(1));
  ASSERT_THAT(table->set_aside, SizeIs(1));
  EXPECT_EQ(table->set_aside[0].position.line, 4);
  EXPECT_THAT(table->set_aside[0].reason,
              HasSubstr("the column of \"x\" has no title; a field with a comma needs quotes"));
}

TEST(OwnTableTest, CommasAtTheEndOfARowAreNamed) {
  LayerText kept;
  const auto message = [&](absl::string_view row) {
    const std::string text = absl::StrCat(kHeader, row);
    return std::string(ParseOwnTable(text, Layer::kLocal, kept).status().message());
  };
  EXPECT_THAT(message("a,1,,,ops,,,,,,,,\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("remove the commas at its end")));
  EXPECT_THAT(message("a,1,,,ops,,,,,,,x,\n"), HasSubstr("seems cut off or unquoted"));
  EXPECT_THAT(message("a,1,\n"), HasSubstr("seems cut off or unquoted"));
}

TEST(OwnTableTest, RowsOfEmptyCellsArePassedOver) {
  EXPECT_THAT(ReadRows(",,,,,,,,,,\na,1,,,ops,,,,,,\n , ,,,,,,,,,\n").Records(),
              ElementsAre("a 1/"));
}

TEST(OwnTableTest, ABlockNeedsAnOwnerWhereItIsLocal) {
  EXPECT_THAT(ReadRows(",7100-7149,,Reserved,payments,,,,,,\n").Records(),
              ElementsAre(" 7100-7149/"));
  EXPECT_THAT(ReasonFor(",7100-7149,,unassigned,,,,,,,\n"),
              HasSubstr("neither a service name nor an owner"));
  EXPECT_THAT(ReadRows(",7100-7149,,Reserved,,,,,,,\n", Layer::kCommon).Records(), SizeIs(1));
}

TEST(OwnTableTest, ARowThatCannotBeUsedNamesColumnAndWhatIsAllowed) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"#web,80,tcp,,ops,,,,,,\n", "1: service name \"#web\" begins with \"#\""},
      {"a,80/tcp,,,ops,,,,,,\n", "3: "},
      {"a,0x50,,,ops,,,,,,\n", "3: "},
      {"a,90-80,,,ops,,,,,,\n", "3: "},
      {"a,80-,,,ops,,,,,,\n", "3: "},
      {"a,-1,,,ops,,,,,,\n", "3: "},
      {"a,--5,,,ops,,,,,,\n", "3: "},
      {"a,\"80,\",,,ops,,,,,,\n", "3: "},
      {"a,70000,,,ops,,,,,,\n", "3: "},
      {"a,1,icmp,,ops,,,,,,\n", "5: transport \"icmp\" is unknown, allowed are tcp, udp, sctp"},
      {"a,1,,,ops,,eu//prod,,,,\n", "scope \"eu//prod\" is not labels"},
      {"a,1,,,ops,,eu prod,,,,\n", "scope \"eu prod\" is not labels"},
      {"a,1,,,ops,,,gone,,,\n", "status \"gone\" is unknown, allowed are active, planned"},
      {"a,1,,,ops,,,,2026-02-30,,\n", "day \"2026-02-30\" is not a date such as 2026-11-29"},
      {"a,1,,,ops,,,,,26-1-1,\n", "day \"26-1-1\" is not a date"},
      {"a,1,,,ops,,,,,,eth0\n", "bind \"eth0\" is unknown, allowed are loopback and nothing"},
      {absl::StrCat(std::string(65, 'a'), ",1,,,ops,,,,,,\n"), "has 65 bytes, at most 64"},
      {absl::StrCat("a,1,,,ops,", std::string(65, 'b'), ",,,,,\n"), "alias "},
      {"a,1,,,ops,\"b, c\",,,,,\n", "alias \"b,\" has a comma or a semicolon"},
      {"a,1,,,ops,b;c,,,,,\n", "alias \"b;c\" has a comma or a semicolon"},
      {absl::StrCat("a,1,,,ops,,", std::string(65, 's'), ",,,,\n"), "scope "}};
  for (const auto& [row, reason] : table) EXPECT_THAT(ReasonFor(row), HasSubstr(reason)) << row;
}

TEST(OwnTableTest, FewColumnsAreEnough) {
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> table =
      ParseOwnTable("Port Number,Service Name,Description,Transport Protocol\n80,web,,tcp\n",
                    Layer::kLocal, kept);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->records, SizeIs(1));
  EXPECT_FALSE(ParseOwnTable("Port Number,Name\n80,web\n", Layer::kLocal, kept).ok());
}

TEST(OwnTableTest, UntilDoesNotPrecedeSince) {
  EXPECT_EQ(ReasonFor("a,1,,,ops,,,,2027-01-01,2026-01-01,\n"),
            "25: until \"2026-01-01\" precedes since, \"2027-01-01\"");
  for (const char* days :
       {"2026-01-01,2026-01-01", "2026-01-01,2026-01-02", ",2026-01-01", "2026-01-01,"}) {
    EXPECT_EQ(ReadRows(absl::StrCat("a,1,,,ops,,,,", days, ",\n")).table.records.size(), 1U)
        << days;
  }
}

TEST(OwnTableTest, ColumnsThatAreNotReadAreReported) {
  LayerText kept;
  const auto unread = [&](absl::string_view columns) {
    const std::string text =
        absl::StrCat("Service Name,Port Number,Transport Protocol,Description", columns, "\n");
    const absl::StatusOr<ParsedIanaCsv> table = ParseOwnTable(text, Layer::kCommon, kept);
    EXPECT_TRUE(table.ok()) << table.status();
    std::vector<std::string> messages;
    for (const MessageAt& column : table->unread_columns) {
      messages.push_back(absl::StrCat(column.position.column, ": ", column.message));
    }
    return messages;
  };
  EXPECT_THAT(unread(",owner,ALIASES,Scope,Status,Since,Until,Bind,Contact,Assignment Notes,,"),
              IsEmpty());
  EXPECT_THAT(unread(",Scopes,Ticket"),
              ElementsAre("57: column \"Scopes\" is not read; did you mean Scope?",
                          "64: column \"Ticket\" is not read"));
}

TEST(OwnTableTest, AFaultyTableIsReadBeyondBrokenRows) {
  LayerText kept;
  const std::string text = absl::StrCat(kHeader, "a,80,443,tcp,,ops,,,,,,,\nb,1,,,ops,,,,,,\n",
                                        "\"open,2,,,ops,,,,,,\nc,3,,,ops,,,,,,\n",
                                        "d,4,,,ops,,,,,,\rx\ne,5,,,ops,,,,,,\n");
  EXPECT_FALSE(ParseOwnTable(text, Layer::kLocal, kept).ok());
  const absl::StatusOr<ParsedIanaCsv> table = ParseFaultyOwnTable(text, Layer::kLocal, kept);
  ASSERT_TRUE(table.ok()) << table.status();
  std::vector<std::string> names;
  for (const ServiceRecord& record : table->records) names.emplace_back(record.service);
  EXPECT_THAT(names, ElementsAre("b", "c", "e"));
  std::vector<uint32_t> lines;
  for (const SetAsideRow& row : table->set_aside) lines.push_back(row.position.line);
  EXPECT_THAT(lines, ElementsAre(2, 4, 6));
  EXPECT_THAT(table->set_aside[0].reason, ::testing::StartsWith("row has 13 fields"));
  EXPECT_FALSE(ParseFaultyOwnTable("a,b\n", Layer::kLocal, kept).ok());
}

TEST(OwnTableTest, AFaultyTableIsReadUpTo100BrokenRows) {
  LayerText kept;
  std::string text(kHeader);
  for (int i = 0; i < 150; ++i) absl::StrAppend(&text, "a,80,443\n");
  const absl::StatusOr<ParsedIanaCsv> table = ParseFaultyOwnTable(text, Layer::kLocal, kept);
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_THAT(table->set_aside, SizeIs(101));
  EXPECT_THAT(table->set_aside.back().reason, HasSubstr("the rows below are not judged"));
}

}  // namespace
}  // namespace portreg
