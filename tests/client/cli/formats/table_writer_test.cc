#include "client/cli/formats/table_writer.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/display/terminal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string Table(const std::vector<v1::PortRecord>& records, const Terminal& terminal = {},
                  const TableWriter::Shape& shape = {}) {
  const auto make = [&](Printer out) {
    return std::make_unique<TableWriter>(shape, terminal, out);
  };
  return WrittenBy(make, records).text;
}

TEST(TableWriterTest, ColumnsAreAligned) {
  v1::PortRecord range = RecordOf(6000, v1::TRANSPORT_UNSPECIFIED, "x11", "");
  range.set_last_port(6063);
  range.set_layer(v1::LAYER_COMMON);
  const v1::PortRecord reserved = RecordOf(0, v1::TRANSPORT_UDP, "", "Reserved");
  EXPECT_EQ(Table({Https(), range, reserved}),
            "PORT       SERVICE  LAYER   DESCRIPTION\n"
            "443/tcp    https    iana    http over TLS\n"
            "6000-6063  x11      common\n"
            "0/udp      -        iana    Reserved\n");
}

TEST(TableWriterTest, HeadersCanBeLeftOut) {
  EXPECT_EQ(Table({Https()}, {}, {.headers = false}), "443/tcp  https    iana   http over TLS\n");
}

TEST(TableWriterTest, NoRecordsAreNoTable) { EXPECT_EQ(Table({}), ""); }

TEST(TableWriterTest, WidthsCountCodePoints) {
  const v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, "\u00e4\u00f6\u00fc", "text");
  EXPECT_EQ(Table({Https(), record}),
            "PORT     SERVICE  LAYER  DESCRIPTION\n"
            "443/tcp  https    iana   http over TLS\n"
            "1/tcp    \u00e4\u00f6\u00fc      iana   text\n");
}

TEST(TableWriterTest, ControlCharactersAreEscaped) {
  const v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, "a\x1b[2J", "two\nlines");
  EXPECT_THAT(LinesOf(Table({record})), ElementsAre("PORT   SERVICE   LAYER  DESCRIPTION",
                                                    "1/tcp  a\\x1b[2J  iana   two\\nlines"));
}

TEST(TableWriterTest, UnknownEnumValuesAreNumbers) {
  v1::PortRecord record = RecordOf(1, static_cast<v1::Transport>(99), "a", "b");
  record.set_layer(static_cast<v1::Layer>(7));
  EXPECT_EQ(LinesOf(Table({record}))[1], "1/99  a        7      b");
}

TEST(TableWriterTest, LinesAreCutToTheTerminal) {
  const v1::PortRecord record = RecordOf(443, v1::TRANSPORT_TCP, "https", std::string(100, 'x'));
  const std::string line = absl::StrCat("443/tcp  https    iana   ", std::string(100, 'x'));
  for (const size_t width : {1, 10, 25, 26, 60, 124}) {
    const std::vector<std::string> lines = LinesOf(Table({record}, {.width = width}));
    EXPECT_EQ(lines[1], absl::StrCat(line.substr(0, width - 1), "\u2026"));
    EXPECT_LE(DisplayWidth(lines[0]), width);
  }
  for (const size_t width : {125, 126, 0}) {
    EXPECT_EQ(LinesOf(Table({record}, {.width = width}))[1], line);
  }
}

TEST(TableWriterTest, TitlesAreBoldAndLayersColored) {
  v1::PortRecord common = Https();
  common.set_layer(v1::LAYER_COMMON);
  v1::PortRecord local = Https();
  local.set_layer(v1::LAYER_LOCAL);
  v1::PortRecord unknown = Https();
  unknown.set_layer(static_cast<v1::Layer>(9));
  EXPECT_THAT(LinesOf(Table({local, common, Https(), unknown}, {.width = 80, .color = true})),
              ElementsAre("\033[1mPORT     SERVICE  LAYER   DESCRIPTION\033[0m",
                          "443/tcp  https    \033[32mlocal\033[0m   http over TLS",
                          "443/tcp  https    \033[33mcommon\033[0m  http over TLS",
                          "443/tcp  https    \033[36miana\033[0m    http over TLS",
                          "443/tcp  https    9       http over TLS"));
}

TEST(TableWriterTest, ColorsTakeNoColumns) {
  for (const size_t width : {10, 19, 20, 22, 24, 30, 38}) {
    const std::vector<std::string> plain = LinesOf(Table({Https()}, {.width = width}));
    const std::vector<std::string> styled =
        LinesOf(Table({Https()}, {.width = width, .color = true}));
    EXPECT_EQ(styled[0], absl::StrCat("\033[1m", plain[0], "\033[0m"));
    std::string without = styled[1];
    for (const std::string sequence : {"\033[36m", "\033[0m"}) {
      const size_t at = without.find(sequence);
      if (at != std::string::npos) without.erase(at, sequence.size());
    }
    EXPECT_EQ(without, plain[1]) << width;
  }
}

TEST(TableWriterTest, LaterRecordsKeepTheColumnsAndTheTitlesComeOnce) {
  std::vector<v1::PortRecord> records(450, Https());
  records[300].set_service("longer-than-the-column");
  const std::vector<std::string> lines = LinesOf(Table(records));
  ASSERT_THAT(lines, SizeIs(451));
  EXPECT_EQ(lines[0], "PORT     SERVICE  LAYER  DESCRIPTION");
  for (const size_t i : {1, 200, 201, 400, 450}) {
    EXPECT_EQ(lines[i], "443/tcp  https    iana   http over TLS") << i;
  }
  EXPECT_EQ(lines[301], "443/tcp  longer-than-the-column  iana   http over TLS");
}

TEST(TableWriterTest, AFarWiderTextMakesNoColumnWider) {
  const std::string name(41, 'n');
  const v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, name, "text");
  EXPECT_THAT(
      LinesOf(Table({Https(), record})),
      ElementsAre("PORT     SERVICE  LAYER  DESCRIPTION", "443/tcp  https    iana   http over TLS",
                  absl::StrCat("1/tcp    ", name, "  iana   text")));
}

TEST(TableWriterTest, WideHasAColumnForEachDetail) {
  v1::PortRecord record = Https();
  v1::RecordDetails& details = *record.mutable_details();
  details.set_assignee("[IESG]");
  details.set_reference("[RFC9110]");
  details.set_registration_date("2021-10-01");
  details.set_modification_date("2022-02-07");
  v1::PortRecord owned = record;
  owned.set_owner("team");
  owned.set_scope("eu/prod");
  owned.set_status(v1::RECORD_STATUS_RETIRED);
  owned.add_aliases("www");
  owned.add_aliases("web");
  EXPECT_EQ(Table({record, owned, Portless("a")}, {}, {.wide = true}),
            "PORT     SERVICE  LAYER  OWNER   SCOPE    STATUS   ALIASES  REFERENCE  REGISTERED  "
            "MODIFIED    SOURCE         DESCRIPTION\n"
            "443/tcp  https    iana   [IESG]                             [RFC9110]  2021-10-01  "
            "2022-02-07  IANA registry  http over TLS\n"
            "443/tcp  https    iana   team    eu/prod  retired  www web  [RFC9110]  2021-10-01  "
            "2022-02-07  IANA registry  http over TLS\n"
            "-/tcp    a        iana                                                             "
            "            IANA registry  no port\n");
}

TEST(TableWriterTest, OwnersAreShownIfThereAreAny) {
  v1::PortRecord owned = Https();
  owned.set_layer(v1::LAYER_LOCAL);
  owned.set_owner("web team");
  EXPECT_EQ(Table({Https(), owned}),
            "PORT     SERVICE  LAYER  OWNER     DESCRIPTION\n"
            "443/tcp  https    iana             http over TLS\n"
            "443/tcp  https    local  web team  http over TLS\n");
}

TEST(TableWriterTest, TitlesAreWrittenAgainWhereALaterRecordHasTheFirstOwner) {
  v1::PortRecord owned = Https();
  owned.set_owner("team");
  std::vector<v1::PortRecord> records(650, Https());
  records[300] = records[620] = owned;
  const std::vector<std::string> lines = LinesOf(Table(records));
  ASSERT_THAT(lines, SizeIs(652));
  EXPECT_EQ(lines[0], "PORT     SERVICE  LAYER  DESCRIPTION");
  EXPECT_EQ(lines[200], "443/tcp  https    iana   http over TLS");
  EXPECT_EQ(lines[201], "PORT     SERVICE  LAYER  OWNER  DESCRIPTION");
  EXPECT_EQ(lines[202], "443/tcp  https    iana          http over TLS");
  EXPECT_EQ(lines[302], "443/tcp  https    iana   team   http over TLS");
  EXPECT_EQ(lines[622], "443/tcp  https    iana   team   http over TLS");
  EXPECT_EQ(lines[651], "443/tcp  https    iana          http over TLS");
  EXPECT_THAT(LinesOf(Table(records, {}, {.headers = false})), SizeIs(650));
}

TEST(TableWriterTest, FlushWritesWhatIsHeld) {
  const auto make = [](Printer out) {
    return std::make_unique<TableWriter>(TableWriter::Shape(), Terminal(), out);
  };
  const auto use = [](RecordWriter& writer) {
    writer.Write(Https());
    writer.Flush();
  };
  EXPECT_THAT(LinesOf(WrittenBy(make, use).text), SizeIs(2));
}

TEST(TableWriterTest, MatchesHaveTheirReason) {
  const auto make = [](Printer out) {
    return std::make_unique<TableWriter>(TableWriter::Shape{.matches = true}, Terminal(), out);
  };
  const auto use = [](RecordWriter& writer) {
    v1::SearchMatch match;
    *match.mutable_record() = Https();
    match.set_kind(v1::MATCH_KIND_NAME_PREFIX);
    writer.WriteMatch(match);
    writer.Finish("abc");
  };
  EXPECT_EQ(WrittenBy(make, use).text,
            "PORT     SERVICE  LAYER  MATCH        DESCRIPTION\n"
            "443/tcp  https    iana   name prefix  http over TLS\n");
}

}  // namespace
}  // namespace portreg::cli
