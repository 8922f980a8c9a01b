#include "client/cli/formats/services_writer.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Written Services(const std::vector<v1::PortRecord>& records, const std::string& heading = "") {
  const auto make = [&](Printer out) {
    return std::make_unique<ServicesWriter>(heading, std::vector<ServicesWriter::Slots>(), out);
  };
  return WrittenBy(make, records);
}

v1::PortRecord InLayer(v1::Layer layer, v1::PortRecord record) {
  record.set_layer(layer);
  return record;
}

TEST(ServicesWriterTest, RecordIsALine) {
  EXPECT_EQ(Services({Https(), RecordOf(22, v1::TRANSPORT_TCP, "ssh", "")}).text,
            "ssh              22/tcp\n"
            "https            443/tcp     # http over TLS\n");
}

TEST(ServicesWriterTest, PortsAscendAndTransportsHaveTheirOrder) {
  const Written written = Services(
      {RecordOf(443, v1::TRANSPORT_DCCP, "d", ""), RecordOf(443, v1::TRANSPORT_TCP, "t", ""),
       RecordOf(65535, v1::TRANSPORT_TCP, "l", ""), RecordOf(443, v1::TRANSPORT_SCTP, "s", ""),
       RecordOf(0, v1::TRANSPORT_UDP, "z", ""), RecordOf(443, v1::TRANSPORT_UDP, "u", "")});
  EXPECT_THAT(LinesOf(written.text),
              ElementsAre("z                0/udp", "t                443/tcp",
                          "u                443/udp", "s                443/sctp",
                          "d                443/dccp", "l                65535/tcp"));
}

TEST(ServicesWriterTest, RecordWithoutATransportStandsForAll) {
  EXPECT_THAT(LinesOf(Services({RecordOf(1, v1::TRANSPORT_UNSPECIFIED, "a", "")}).text),
              ElementsAre("a                1/tcp", "a                1/udp",
                          "a                1/sctp", "a                1/dccp"));
}

TEST(ServicesWriterTest, ARangeIsNamedAtItsFirstPort) {
  v1::PortRecord range = RecordOf(65533, v1::TRANSPORT_TCP, "a", "");
  range.set_last_port(65535);
  EXPECT_THAT(LinesOf(Services({range}).text), ElementsAre("a                65533/tcp"));
}

v1::PortRecord Practice(v1::PortRecord record, const std::vector<std::string>& aliases = {}) {
  record.set_layer(v1::LAYER_COMMON);
  record.set_source(std::string(kPracticeSource));
  for (const std::string& alias : aliases) record.add_aliases(alias);
  return record;
}

TEST(ServicesWriterTest, TheSlotsNameComesFirst) {
  const std::vector<v1::PortRecord> records = {
      InLayer(v1::LAYER_IANA, RecordOf(1, v1::TRANSPORT_TCP, "iana", "i")),
      Practice(RecordOf(1, v1::TRANSPORT_TCP, "practice", "p"), {"alias"}),
      InLayer(v1::LAYER_LOCAL, RecordOf(1, v1::TRANSPORT_UNSPECIFIED, "local", "l"))};
  EXPECT_EQ(LinesOf(Services(records).text)[0],
            "local            1/tcp       practice iana alias  # l");
}

TEST(ServicesWriterTest, RowsOfASiteAreNamesOfServices) {
  v1::PortRecord site = Practice(RecordOf(1, v1::TRANSPORT_TCP, "ours", ""));
  site.set_source(std::string(kSiteSource));
  EXPECT_THAT(LinesOf(Services({site, RecordOf(1, v1::TRANSPORT_TCP, "iana", "")}).text),
              ElementsAre("ours             1/tcp       iana"));
}

TEST(ServicesWriterTest, NamesForPeopleAreLeftOut) {
  const v1::PortRecord people =
      InLayer(v1::LAYER_COMMON, RecordOf(1, v1::TRANSPORT_TCP, "Web", ""));
  EXPECT_EQ(Services({people}).text, "");
}

TEST(ServicesWriterTest, ANameIsAtItsPortOnly) {
  v1::PortRecord range = RecordOf(1, v1::TRANSPORT_TCP, "name", "");
  range.set_last_port(3);
  const v1::PortRecord single = RecordOf(7, v1::TRANSPORT_TCP, "NAME", "");
  const v1::PortRecord alias = Practice(RecordOf(9, v1::TRANSPORT_TCP, "other", ""), {"name"});
  EXPECT_THAT(LinesOf(Services({range, single, alias}).text),
              ElementsAre("NAME             7/tcp", "other            9/tcp"));
  const v1::PortRecord own = InLayer(v1::LAYER_LOCAL, RecordOf(8, v1::TRANSPORT_TCP, "name", ""));
  EXPECT_THAT(LinesOf(Services({range, single, own}).text), ElementsAre("name             8/tcp"));
}

TEST(ServicesWriterTest, RetiredRecordsNameNothing) {
  v1::PortRecord retired = InLayer(v1::LAYER_LOCAL, RecordOf(1, v1::TRANSPORT_TCP, "old", ""));
  retired.set_status(v1::RECORD_STATUS_RETIRED);
  EXPECT_THAT(LinesOf(Services({retired, RecordOf(1, v1::TRANSPORT_TCP, "iana", "")}).text),
              ElementsAre("iana             1/tcp"));
}

TEST(ServicesWriterTest, NamesKeepTheirOrderAndComeOnce) {
  EXPECT_EQ(Services({RecordOf(80, v1::TRANSPORT_TCP, "http", "1"),
                      RecordOf(80, v1::TRANSPORT_TCP, "www", "2"),
                      RecordOf(80, v1::TRANSPORT_TCP, "http", "3"),
                      RecordOf(80, v1::TRANSPORT_TCP, "www", "4"),
                      // getservbyname(3) distinguishes case.
                      RecordOf(80, v1::TRANSPORT_TCP, "WWW", "5")})
                .text,
            "http             80/tcp      www WWW  # 1\n");
}

TEST(ServicesWriterTest, NamesThatTheFileCannotHoldAreLeftOut) {
  for (const std::string name : {"socks proxy", "tab\tbed", "new\nline", "C#", "#", "esc\x1b",
                                 "del\x7f", "c1\u009b", "rtl\u202e"}) {
    const Written written = Services({RecordOf(1, v1::TRANSPORT_TCP, name, ""),
                                      RecordOf(1, v1::TRANSPORT_TCP, "b", "second"),
                                      RecordOf(1, v1::TRANSPORT_UDP, name, "")});
    EXPECT_EQ(written.text, "b                1/tcp       # second\n");
    EXPECT_THAT(written.remark, HasSubstr("1 name is left out"));
    EXPECT_THAT(written.remark, HasSubstr(Quoted(name)));
  }
  EXPECT_THAT(Services({RecordOf(1, v1::TRANSPORT_TCP, "a b", ""),
                        RecordOf(2, v1::TRANSPORT_TCP, "c d", "")})
                  .remark,
              HasSubstr("2 names are left out"));
  EXPECT_THAT(Services({Https()}).remark, IsEmpty());
}

TEST(ServicesWriterTest, AliasesThatTheFileCannotHoldAreLeftOut) {
  v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, "a", "");
  record.set_aliases("c#d ok");
  const Written written = Services({record});
  EXPECT_EQ(written.text, "a                1/tcp       ok\n");
  EXPECT_THAT(written.remark, HasSubstr("1 name is left out"));
  EXPECT_THAT(written.remark, HasSubstr("\"c#d\""));
  record.set_status(v1::RECORD_STATUS_RETIRED);
  EXPECT_THAT(Services({record}).remark, IsEmpty());
}

TEST(ServicesWriterTest, AliasesStayWithoutTheName) {
  v1::PortRecord record = RecordOf(7403, v1::TRANSPORT_TCP, "A#b", "about it");
  record.set_aliases("ok");
  const Written written = Services({record});
  EXPECT_EQ(written.text, "ok               7403/tcp    # about it\n");
  EXPECT_THAT(written.remark, HasSubstr("1 name is left out"));
}

TEST(ServicesWriterTest, UnusualNamesStay) {
  for (const std::string name : {"914c/g", "whois++", "z39.50", "sql*net", "\u00fc", "3com"}) {
    const Written written = Services({RecordOf(1, v1::TRANSPORT_TCP, name, "")});
    EXPECT_THAT(written.text, ::testing::StartsWith(name));
    EXPECT_EQ(written.remark, "");
  }
}

TEST(ServicesWriterTest, DescriptionStaysOnItsLine) {
  EXPECT_EQ(Services({RecordOf(1, v1::TRANSPORT_TCP, "a", "two\nlines # \x1b")}).text,
            "a                1/tcp       # two\\nlines # \\x1b\n");
}

TEST(ServicesWriterTest, RecordsWithoutAPortOrANameAreNoLines) {
  v1::PortRecord beyond = Https();
  beyond.set_last_port(65536);
  v1::PortRecord reversed = Https();
  reversed.set_last_port(442);
  EXPECT_EQ(
      Services({Portless("a"), RecordOf(1, v1::TRANSPORT_TCP, "", "Reserved"), beyond, reversed})
          .text,
      "");
}

TEST(ServicesWriterTest, HeadingIsACommentWithTheRevision) {
  EXPECT_EQ(Services({}, "made\nhere").text, "# made\\nhere\n# Revision abc\n");
}

TEST(ServicesWriterTest, LinesAreBounded) {
  std::vector<v1::PortRecord> records;
  for (size_t i = 0; i < ServicesWriter::kMaxAliases + 3; ++i) {
    records.push_back(RecordOf(1, v1::TRANSPORT_TCP, absl::StrCat("name-", i), ""));
  }
  records.front().set_description(std::string(10'000, 'x'));
  const Written written = Services(records);
  const std::vector<std::string> lines = LinesOf(written.text);
  std::string names;
  for (const std::string& line : lines) {
    EXPECT_LE(line.size(), ServicesWriter::kMaxLineBytes);
    names += line + " ";
  }
  for (const v1::PortRecord& record : records)
    EXPECT_THAT(names, HasSubstr(record.service() + " "));
  EXPECT_EQ(written.remark, "");
}

TEST(ServicesWriterTest, NamesLongerThanAnyAreLeftOut) {
  const Written written = Services({RecordOf(1, v1::TRANSPORT_TCP, std::string(65, 'a'), ""),
                                    RecordOf(2, v1::TRANSPORT_TCP, std::string(64, 'a'), "")});
  EXPECT_THAT(LinesOf(written.text), SizeIs(1));
  EXPECT_THAT(written.remark, HasSubstr("1 name is left out"));
}

TEST(ServicesWriterTest, MoreRecordsOfAPortThanARegistryHasAreRefused) {
  std::vector<v1::PortRecord> records(ServicesWriter::kMaxCovering, Https());
  EXPECT_TRUE(Services(records).status.ok());
  records.back() = RecordOf(0, v1::TRANSPORT_TCP, "wide", "");
  records.back().set_last_port(65535);
  EXPECT_TRUE(Services(records).status.ok());
  records.push_back(Https());
  const Written refused = Services(records);
  EXPECT_EQ(refused.text, "");
  EXPECT_EQ(refused.status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(refused.status.message()), HasSubstr("port 443 has 4001 records"));
}

TEST(ServicesWriterTest, WhatIsHeldIsBounded) {
  const v1::PortRecord record = RecordOf(443, v1::TRANSPORT_TCP, "https", std::string(300, 'x'));
  size_t taken = 0;
  const Written written = WrittenBy(
      [](Printer out) {
        return std::make_unique<ServicesWriter>("", std::vector<ServicesWriter::Slots>(), out);
      },
      [&](RecordWriter& writer) {
        // Each description is cut to the length of a line.
        while (writer.status().ok() && taken < 1'000'000) {
          writer.Write(record);
          ++taken;
        }
        writer.Finish("abc");
      });
  EXPECT_EQ(written.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(written.text, "");
  EXPECT_GT(taken, 100'000);
}

}  // namespace
}  // namespace portreg::cli
