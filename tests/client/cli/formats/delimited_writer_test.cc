#include "client/cli/formats/delimited_writer.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

std::string Rows(Format format, const std::vector<v1::PortRecord>& records, bool headers = true) {
  const auto make = [&](Printer out) {
    return std::make_unique<DelimitedWriter>(format, DelimitedWriter::Shape{.headers = headers},
                                             out);
  };
  return WrittenBy(make, records).text;
}

TEST(DelimitedWriterTest, RecordIsARow) {
  EXPECT_EQ(
      Rows(Format::kCsv, {Https()}),
      "first_port,last_port,transport,service,layer,source,description,aliases,owner,scope,status\n"
      "443,443,tcp,https,iana,IANA registry,http over TLS,,,,\n");
  EXPECT_EQ(Rows(Format::kTsv, {Https()}),
            "first_port\tlast_"
            "port\ttransport\tservice\tlayer\tsource\tdescription\taliases\towner\tscope\tstatus\n"
            "443\t443\ttcp\thttps\tiana\tIANA registry\thttp over TLS\t\t\t\t\n");
}

TEST(DelimitedWriterTest, AbsentPortsAreEmptyAndZeroIsNot) {
  v1::PortRecord portless = Portless("https");
  portless.clear_transport();
  v1::PortRecord zero = RecordOf(0, v1::TRANSPORT_TCP, "https", "");
  EXPECT_EQ(Rows(Format::kCsv, {portless, zero}, /*headers=*/false),
            ",,,https,iana,IANA registry,no port,,,,\n"
            "0,0,tcp,https,iana,IANA registry,,,,,\n");
}

TEST(DelimitedWriterTest, NoRecordsAreTheTitlesAlone) {
  EXPECT_EQ(Rows(Format::kCsv, {}),
            "first_port,last_port,transport,service,layer,source,description,aliases,owner,scope,"
            "status\n");
  EXPECT_EQ(Rows(Format::kTsv, {}, /*headers=*/false), "");
}

TEST(DelimitedWriterTest, MatchesHaveTheirReason) {
  const auto make = [](Printer out) {
    return std::make_unique<DelimitedWriter>(Format::kCsv, DelimitedWriter::Shape{.matches = true},
                                             out);
  };
  const auto use = [](RecordWriter& writer) {
    v1::SearchMatch match;
    *match.mutable_record() = Https();
    match.set_kind(v1::MATCH_KIND_EXACT_NAME);
    writer.WriteMatch(match);
    writer.Finish("abc");
  };
  EXPECT_EQ(WrittenBy(make, use).text,
            "first_port,last_port,transport,service,layer,source,description,match,aliases,owner,"
            "scope,status\n"
            "443,443,tcp,https,iana,IANA registry,http over TLS,name,,,,\n");
}

TEST(DelimitedWriterTest, OwnColumnsComeBehindTheOthersAndTheKeyLast) {
  v1::PortRecord own = Https();
  own.add_aliases("www");
  own.add_aliases("web");
  own.set_owner("team");
  own.set_scope("eu/prod");
  own.set_status(v1::RECORD_STATUS_PLANNED);
  const auto make = [](Printer out) {
    return std::make_unique<DelimitedWriter>(Format::kCsv, DelimitedWriter::Shape{.keys = true},
                                             out);
  };
  const auto use = [&](RecordWriter& writer) {
    writer.BeginKey("a,b");
    writer.Write(own);
    writer.BeginKey("no-such");
    writer.WriteMiss({});
    writer.BeginKey("https");
    writer.Write(Https());
  };
  EXPECT_EQ(WrittenBy(make, use).text,
            "first_port,last_port,transport,service,layer,source,description,aliases,owner,scope,"
            "status,key\n"
            "443,443,tcp,https,iana,IANA registry,http over TLS,www web,team,eu/prod,planned,"
            "\"a,b\"\n"
            "443,443,tcp,https,iana,IANA registry,http over TLS,,,,,https\n");
}

TEST(DelimitedRowTest, CsvFieldsAreQuotedWhereNeeded) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"plain text", "plain text"},
      {"a,b", "\"a,b\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"cr\rhere", "\"cr\rhere\""},
      {"\"", "\"\"\"\""},
      {"a\tb", "a\tb"},
      {"", ""},
  };
  for (const auto& [text, field] : table) {
    EXPECT_EQ(DelimitedRow(Format::kCsv, {text, text}), absl::StrCat(field, ",", field, "\n"));
  }
}

TEST(DelimitedRowTest, TsvFieldsHoldNoTabAndNoLineBreak) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"plain text", "plain text"},
      {"a,\"b\"", "a,\"b\""},
      {"a\tb", "a\\tb"},
      {"two\r\nlines", "two\\r\\nlines"},
      {"C:\\tmp", "C:\\\\tmp"},
      {"\\\n", "\\\\\\n"},
      {"", ""},
  };
  for (const auto& [text, field] : table) {
    EXPECT_EQ(DelimitedRow(Format::kTsv, {text, text}), absl::StrCat(field, "\t", field, "\n"));
  }
}

}  // namespace
}  // namespace portreg::cli
