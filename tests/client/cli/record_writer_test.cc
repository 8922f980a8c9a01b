#include "client/cli/record_writer.h"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/flags.h"
#include "client/cli/terminal.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {
namespace {

using ::google::protobuf::util::JsonStringToMessage;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::SizeIs;

v1::PortRecord RecordOf(int port, v1::Transport transport, const std::string& service,
                        const std::string& description) {
  v1::PortRecord record;
  record.set_first_port(port);
  record.set_last_port(port);
  record.set_transport(transport);
  record.set_service(service);
  record.set_description(description);
  record.set_layer(v1::LAYER_IANA);
  record.set_source("IANA registry");
  return record;
}

v1::PortRecord Https() { return RecordOf(443, v1::TRANSPORT_TCP, "https", "http over TLS"); }

// What a writer makes of records.
std::string Written(const Invocation& invocation, const std::vector<v1::PortRecord>& records,
                    const Terminal& terminal = {}, const std::string& revision = "abc") {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  const std::unique_ptr<RecordWriter> writer = MakeRecordWriter(invocation, terminal, file.get());
  for (const v1::PortRecord& record : records) writer->Write(record);
  writer->Finish(revision);
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

std::string Written(Format format, const std::vector<v1::PortRecord>& records) {
  Invocation invocation;
  invocation.format = format;
  return Written(invocation, records);
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_EQ(lines.back(), "");
  lines.pop_back();
  return lines;
}

TEST(TableWriterTest, ColumnsAreAligned) {
  v1::PortRecord range = RecordOf(6000, v1::TRANSPORT_UNSPECIFIED, "x11", "");
  range.set_last_port(6063);
  range.set_layer(v1::LAYER_COMMON);
  v1::PortRecord reserved = RecordOf(0, v1::TRANSPORT_UDP, "", "Reserved");
  EXPECT_EQ(Written(Format::kTable, {Https(), range, reserved}),
            "PORT       SERVICE  LAYER   DESCRIPTION\n"
            "443/tcp    https    iana    http over TLS\n"
            "6000-6063  x11      common\n"
            "0/udp      -        iana    Reserved\n");
}

TEST(TableWriterTest, HeadersCanBeLeftOut) {
  Invocation invocation;
  invocation.no_headers = true;
  EXPECT_EQ(Written(invocation, {Https()}), "443/tcp  https    iana   http over TLS\n");
}

TEST(TableWriterTest, NoRecordsAreNoTable) { EXPECT_EQ(Written(Format::kTable, {}), ""); }

TEST(TableWriterTest, WidthsCountCodePoints) {
  const v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, "\u00e4\u00f6\u00fc", "text");
  EXPECT_EQ(Written(Format::kTable, {Https(), record}),
            "PORT     SERVICE  LAYER  DESCRIPTION\n"
            "443/tcp  https    iana   http over TLS\n"
            "1/tcp    \u00e4\u00f6\u00fc      iana   text\n");
}

TEST(TableWriterTest, ControlCharactersAreEscaped) {
  const v1::PortRecord record = RecordOf(1, v1::TRANSPORT_TCP, "a\x1b[2J", "two\nlines");
  const std::vector<std::string> lines = LinesOf(Written(Format::kTable, {record}));
  EXPECT_THAT(lines, ElementsAre("PORT   SERVICE   LAYER  DESCRIPTION",
                                 "1/tcp  a\\x1b[2J  iana   two\\nlines"));
}

TEST(TableWriterTest, UnknownEnumValuesAreNumbers) {
  v1::PortRecord record = RecordOf(1, static_cast<v1::Transport>(99), "a", "b");
  record.set_layer(static_cast<v1::Layer>(7));
  EXPECT_THAT(LinesOf(Written(Format::kTable, {record}))[1], "1/99  a        7      b");
}

TEST(TableWriterTest, LinesAreCutToTheTerminal) {
  const v1::PortRecord record = RecordOf(443, v1::TRANSPORT_TCP, "https", std::string(100, 'x'));
  const std::string line = absl::StrCat("443/tcp  https    iana   ", std::string(100, 'x'));
  for (const size_t width : {1, 10, 25, 26, 60, 124}) {
    const std::vector<std::string> lines =
        LinesOf(Written(Invocation(), {record}, {.width = width}));
    EXPECT_EQ(lines[1], absl::StrCat(line.substr(0, width - 1), "\u2026"));
    EXPECT_LE(DisplayWidth(lines[0]), width);
  }
  for (const size_t width : {125, 126, 0}) {
    EXPECT_EQ(LinesOf(Written(Invocation(), {record}, {.width = width}))[1], line);
  }
}

TEST(TableWriterTest, TitlesAreBoldOnAColorTerminal) {
  const std::vector<std::string> lines =
      LinesOf(Written(Invocation(), {Https()}, {.width = 80, .color = true}));
  EXPECT_THAT(lines, ElementsAre("\033[1mPORT     SERVICE  LAYER  DESCRIPTION\033[0m",
                                 "443/tcp  https    iana   http over TLS"));
}

TEST(TableWriterTest, LaterRecordsKeepTheColumnsAndTheTitlesComeOnce) {
  std::vector<v1::PortRecord> records(450, Https());
  records[300].set_service("longer-than-the-column");
  const std::vector<std::string> lines = LinesOf(Written(Format::kTable, records));
  ASSERT_THAT(lines, SizeIs(451));
  EXPECT_EQ(lines[0], "PORT     SERVICE  LAYER  DESCRIPTION");
  for (const size_t i : {1, 200, 201, 400, 450}) {
    EXPECT_EQ(lines[i], "443/tcp  https    iana   http over TLS") << i;
  }
  EXPECT_EQ(lines[301], "443/tcp  longer-than-the-column  iana   http over TLS");
}

TEST(CsvWriterTest, RecordIsARow) {
  EXPECT_EQ(Written(Format::kCsv, {Https()}),
            "first_port,last_port,transport,service,layer,source,description\n"
            "443,443,tcp,https,iana,IANA registry,http over TLS\n");
}

TEST(CsvWriterTest, AbsentPortsAreEmptyAndZeroIsNot) {
  v1::PortRecord portless = Https();
  portless.clear_first_port();
  portless.clear_last_port();
  portless.clear_transport();
  v1::PortRecord zero = Https();
  zero.set_first_port(0);
  zero.set_last_port(0);
  Invocation invocation;
  invocation.format = Format::kCsv;
  invocation.no_headers = true;
  EXPECT_EQ(Written(invocation, {portless, zero}),
            ",,,https,iana,IANA registry,http over TLS\n"
            "0,0,tcp,https,iana,IANA registry,http over TLS\n");
}

TEST(CsvWriterTest, FieldsAreQuotedWhereNeeded) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"plain text", "plain text"},
      {"a,b", "\"a,b\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"cr\rhere", "\"cr\rhere\""},
      {"\"", "\"\"\"\""},
      {"", ""},
  };
  Invocation invocation;
  invocation.format = Format::kCsv;
  invocation.no_headers = true;
  for (const auto& [text, field] : table) {
    v1::PortRecord record = Https();
    record.set_service(text);
    record.set_source(text);
    record.set_description(text);
    EXPECT_EQ(Written(invocation, {record}),
              absl::StrCat("443,443,tcp,", field, ",iana,", field, ",", field, "\n"));
  }
}

TEST(CsvWriterTest, NoRecordsAreTheTitlesAlone) {
  EXPECT_EQ(Written(Format::kCsv, {}),
            "first_port,last_port,transport,service,layer,source,description\n");
}

TEST(NdjsonWriterTest, RecordIsALine) {
  v1::PortRecord other = RecordOf(1, v1::TRANSPORT_UDP, "a", "two\nlines \"quoted\"");
  const std::vector<std::string> lines = LinesOf(Written(Format::kNdjson, {Https(), other}));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0],
            R"({"firstPort":443,"lastPort":443,"transport":"TRANSPORT_TCP","service":"https",)"
            R"("description":"http over TLS","layer":"LAYER_IANA","source":"IANA registry"})");
  v1::PortRecord back;
  ASSERT_TRUE(JsonStringToMessage(lines[1], &back).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(back, other));
  EXPECT_EQ(Written(Format::kNdjson, {}), "");
}

TEST(JsonWriterTest, RecordsAreOneListRangeResponse) {
  Invocation invocation;
  invocation.format = Format::kJson;
  for (const std::string revision : {"", "abc", "\"quoted\""}) {
    for (int count = 0; count <= 3; ++count) {
      v1::ListRangeResponse expected;
      expected.set_revision(revision);
      for (int i = 0; i < count; ++i) *expected.add_records() = Https();
      const std::string text =
          Written(invocation, {expected.records().begin(), expected.records().end()}, {}, revision);
      EXPECT_EQ(text.back(), '\n');
      v1::ListRangeResponse back;
      ASSERT_TRUE(JsonStringToMessage(text, &back).ok()) << text;
      EXPECT_TRUE(MessageDifferencer::Equals(back, expected)) << text;
    }
  }
}

TEST(JsonWriterTest, RecordIsALine) {
  const std::string record = Written(Format::kNdjson, {Https()});
  EXPECT_EQ(Written(Format::kJson, {Https(), Https()}),
            absl::StrCat("{\"records\":[\n", record.substr(0, record.size() - 1), ",\n", record,
                         "],\"revision\":\"abc\"}\n"));
}

TEST(JsonWriterTest, EmptyRevisionIsLeftOut) {
  Invocation invocation;
  invocation.format = Format::kJson;
  EXPECT_EQ(Written(invocation, {}, {}, ""), "{\"records\":[\n]}\n");
}

TEST(JsonWriterTest, NothingIsWrittenBeforeTheFirstRecord) {
  // So that a failure leaves no beginning of a document behind.
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  Invocation invocation;
  invocation.format = Format::kJson;
  const std::unique_ptr<RecordWriter> writer = MakeRecordWriter(invocation, {}, file.get());
  EXPECT_EQ(std::ftell(file.get()), 0);
}

TEST(ShortWriterTest, EachServiceIsALineOnce) {
  Invocation invocation;
  invocation.brief = true;
  EXPECT_EQ(Written(invocation, {Https(), RecordOf(443, v1::TRANSPORT_UDP, "HTTPS", ""),
                                 RecordOf(0, v1::TRANSPORT_TCP, "", "Reserved"),
                                 RecordOf(80, v1::TRANSPORT_TCP, "http\x1b", ""), Https()}),
            "https\nhttp\\x1b\n");
  EXPECT_EQ(Written(invocation, {}), "");
}

}  // namespace
}  // namespace portreg::cli
