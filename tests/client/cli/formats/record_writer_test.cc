#include "client/cli/formats/record_writer.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::StartsWith;

std::string Text(const Invocation& invocation, const std::vector<v1::PortRecord>& records,
                 const Terminal& terminal = {}) {
  const auto make = [&](Printer out) { return MakeRecordWriter(invocation, terminal, out); };
  return WrittenBy(make, records).text;
}

TEST(MakeRecordWriterTest, EachFormatHasItsWriter) {
  const std::vector<std::pair<Format, std::string>> table = {
      {Format::kTable, "PORT     SERVICE  LAYER  DESCRIPTION\n"},
      {Format::kWide, "PORT     SERVICE  LAYER  OWNER  SCOPE  STATUS  ALIASES  REFERENCE"},
      {Format::kJson, "{\"records\":["},
      {Format::kNdjson, "{\"firstPort\":443"},
      {Format::kCsv, "first_port,last_port"},
      {Format::kTsv, "first_port\tlast_port"},
      {Format::kServices, "https            443/tcp"},
      {Format::kName, "https\n"},
  };
  for (const auto& [format, begin] : table) {
    Invocation invocation;
    invocation.format = format;
    EXPECT_THAT(Text(invocation, {Https()}), StartsWith(begin));
  }
}

TEST(MakeRecordWriterTest, HeadersCanBeLeftOut) {
  for (const Format format : {Format::kTable, Format::kWide, Format::kCsv, Format::kTsv}) {
    Invocation invocation;
    invocation.format = format;
    invocation.no_headers = true;
    EXPECT_THAT(Text(invocation, {Https()}), StartsWith("443"));
  }
}

TEST(MakeRecordWriterTest, WideIsNotCutToTheTerminal) {
  Invocation invocation;
  EXPECT_EQ(LinesOf(Text(invocation, {Https()}, {.width = 10}))[1], "443/tcp  \u2026");
  invocation.format = Format::kWide;
  EXPECT_THAT(LinesOf(Text(invocation, {Https()}, {.width = 10}))[1],
              ::testing::EndsWith("http over TLS"));
}

TEST(MakeRecordWriterTest, OnlyASearchTellsWhy) {
  for (const Verb verb : {Verb::kLookup, Verb::kSearch}) {
    Invocation invocation;
    invocation.verb = verb;
    for (const Format format : {Format::kTable, Format::kCsv}) {
      invocation.format = format;
      const std::string titles = LinesOf(Text(invocation, {Https()}))[0];
      EXPECT_EQ(
          titles.find("MATCH") != std::string::npos || titles.find("match") != std::string::npos,
          verb == Verb::kSearch)
          << titles;
    }
  }
}

TEST(MakeRecordWriterTest, OnlyALookupHasKeys) {
  for (const Verb verb : {Verb::kLookup, Verb::kList, Verb::kSearch}) {
    Invocation invocation;
    invocation.verb = verb;
    invocation.format = Format::kCsv;
    EXPECT_EQ(absl::EndsWith(LinesOf(Text(invocation, {Https()}))[0], ",key"),
              verb == Verb::kLookup);
  }
}

TEST(NameWriterTest, EachServiceIsALineOnce) {
  Invocation brief;
  brief.brief = true;
  Invocation name;
  name.format = Format::kName;
  for (const Invocation& invocation : {brief, name}) {
    EXPECT_EQ(Text(invocation, {Https(), RecordOf(443, v1::TRANSPORT_UDP, "HTTPS", ""),
                                RecordOf(0, v1::TRANSPORT_TCP, "", "Reserved"),
                                RecordOf(80, v1::TRANSPORT_TCP, "http\x1b", ""), Https()}),
              "https\nhttp\\x1b\n");
    EXPECT_EQ(Text(invocation, {}), "");
  }
}

TEST(MakeRecordWriterTest, NamesThatAreKeptAreBounded) {
  Invocation invocation;
  invocation.format = Format::kName;
  const auto make = [&](Printer out) { return MakeRecordWriter(invocation, {}, out); };
  EXPECT_EQ(
      WrittenBy(make, {RecordOf(1, v1::TRANSPORT_TCP, std::string(65, 'a'), "")}).status.code(),
      absl::StatusCode::kResourceExhausted);
  size_t taken = 0;
  v1::PortRecord record = Https();
  const Written written = WrittenBy(make, [&](RecordWriter& writer) {
    while (writer.status().ok() && taken <= 600'000) {
      record.set_service(absl::StrCat(taken));
      writer.Write(record);
      ++taken;
    }
  });
  EXPECT_EQ(written.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(taken, 600'001);
}

}  // namespace
}  // namespace portreg::cli
