#include "common/data/iana_csv.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Owns the texts that records view.
class Parsed {
 public:
  explicit Parsed(absl::string_view text, Layer layer = Layer::kIana)
      : text_(text), result_(ParseIanaCsv(text_, layer, kept_)) {}

  [[nodiscard]] absl::Status status() const { return result_.status(); }
  [[nodiscard]] std::string message() const { return Message(result_.status()); }
  [[nodiscard]] const std::vector<ServiceRecord>& records() const { return result_->records; }

  [[nodiscard]] std::vector<std::string> described() const {
    std::vector<std::string> described;
    for (const ServiceRecord& record : records()) described.push_back(Describe(record));
    return described;
  }

  [[nodiscard]] std::vector<std::string> set_aside() const {
    std::vector<std::string> reasons;
    for (const SetAsideRow& row : result_->set_aside) {
      reasons.emplace_back(ErrorAt(row.position, row.reason).message());
    }
    return reasons;
  }

 private:
  std::string text_;
  LayerText kept_;
  absl::StatusOr<ParsedIanaCsv> result_;
};

std::string WithHeader(absl::string_view rows) { return absl::StrCat(kShortHeader, rows); }

TEST(IanaCsvTest, EachKindOfRow) {
  const Parsed parsed(
      WithHeader("http,80,tcp,World Wide Web HTTP\n"
                 "syslog,514,udp,\n"
                 "x11,6000-6063,tcp,X Window System\n"
                 "exact,7-7,tcp,One port written as a range\n"
                 "vrml-multi-use,4200-4299,,Any transport\n"
                 "diameters,5868,sctp,\n"
                 "dccp-ping,1885,DCCP,Upper case\n"
                 ",0,tcp,Reserved\n"
                 ",7748-7776,,Unassigned\n"
                 "imap3,,tcp,Without a port\n"
                 "mqtt,,,Without port or transport\n"));
  ASSERT_TRUE(parsed.status().ok()) << parsed.status();
  EXPECT_THAT(parsed.set_aside(), IsEmpty());
  EXPECT_THAT(
      parsed.described(),
      ElementsAre("iana 80/tcp http", "iana 514/udp syslog", "iana 6000-6063/tcp x11",
                  "iana 7/tcp exact", "iana 4200-4299 vrml-multi-use", "iana 5868/sctp diameters",
                  "iana 1885/dccp dccp-ping", "iana 0/tcp (Reserved)",
                  "iana 7748-7776 (Unassigned)", "iana -/tcp imap3", "iana - mqtt"));
  EXPECT_EQ(parsed.records()[0].description, "World Wide Web HTTP");
  EXPECT_EQ(parsed.records()[1].description, "");
}

TEST(IanaCsvTest, RecordsKnowTheirLayerAndLine) {
  const Parsed parsed(WithHeader("a,1,tcp,x\n\n\"b\",2,tcp,\"two\nlines\"\r\nc,3,tcp,x"),
                      Layer::kLocal);
  ASSERT_EQ(parsed.records().size(), 3);
  EXPECT_EQ(parsed.records()[0].line, 2);
  EXPECT_EQ(parsed.records()[1].line, 4);
  EXPECT_EQ(parsed.records()[2].line, 6);
  for (const ServiceRecord& record : parsed.records()) EXPECT_EQ(record.layer, Layer::kLocal);
}

TEST(IanaCsvTest, EveryColumnHasItsPlace) {
  const Parsed parsed(
      absl::StrCat(kFullHeader,
                   "http,80,tcp,Web,[Ann],[Bob],2001-02,2003-04-05,[RFC9110],1717858426,No,"
                   "\"Defined \"\"TXT\"\" keys:\npath\",Team A\n"),
      Layer::kLocal);
  ASSERT_EQ(parsed.records().size(), 1);
  const RecordDetails& details = *parsed.records()[0].details;
  EXPECT_EQ(details.assignee, "[Ann]");
  EXPECT_EQ(details.contact, "[Bob]");
  EXPECT_EQ(details.registration_date, "2001-02");
  EXPECT_EQ(details.modification_date, "2003-04-05");
  EXPECT_EQ(details.reference, "[RFC9110]");
  EXPECT_EQ(details.service_code, "1717858426");
  EXPECT_EQ(details.unauthorized_use_reported, "No");
  EXPECT_EQ(details.assignment_notes, "Defined \"TXT\" keys:\npath");
  EXPECT_EQ(details.owner, "Team A");
}

TEST(IanaCsvTest, OwnersAreOfLayerLocalOnly) {
  const std::string text =
      "Owner,Service Name,Port Number,Transport Protocol,Description\nme,a,1,tcp,x\n";
  EXPECT_EQ(Parsed(text, Layer::kLocal).records()[0].details->owner, "me");
  EXPECT_EQ(Parsed(text, Layer::kIana).records()[0].details->owner, "");
}

TEST(IanaCsvTest, ColumnsAreFoundByHeader) {
  const struct {
    const char* what;
    const char* text;
  } cases[] = {
      {"other order", "Description,Transport Protocol,Service Name,Port Number\nWeb,tcp,http,80\n"},
      {"other case", "SERVICE NAME,port number,Transport protocol,description\nhttp,80,tcp,Web\n"},
      {"blanks", " Service Name ,Port Number ,\tTransport Protocol,Description\nhttp,80,tcp,Web\n"},
      {"quotes",
       "\"Service Name\",\"Port Number\",Transport Protocol,Description\nhttp,80,tcp,Web"},
      {"unknown columns between",
       "Rack,Service Name,Port Number,Shelf,Transport Protocol,Description,\n"
       "r1,http,80,s1,tcp,Web,\n"},
      {"byte order mark",
       "\xEF\xBB\xBFService Name,Port Number,Transport Protocol,Description\nhttp,80,tcp,Web\n"},
      {"CRLF", "Service Name,Port Number,Transport Protocol,Description\r\nhttp,80,tcp,Web\r\n"},
      {"blank lines first",
       "\n\r\nService Name,Port Number,Transport Protocol,Description\nhttp,80,tcp,Web\n"},
      {"blanks around values",
       "Service Name,Port Number,Transport Protocol,Description\n http , 80 , tcp ,Web\n"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(c.text);
    ASSERT_TRUE(parsed.status().ok()) << c.what << ": " << parsed.status();
    EXPECT_THAT(parsed.described(), ElementsAre("iana 80/tcp http")) << c.what;
    EXPECT_EQ(parsed.records()[0].description, "Web") << c.what;
  }
}

TEST(IanaCsvTest, TheHeaderOfFormerYearsIsKnown) {
  const std::string former =
      absl::StrReplaceAll(kFullHeader, {{"Unauthorized Use Reported", "Known Unauthorized Uses"}});
  ASSERT_NE(former, kFullHeader);
  const Parsed parsed(former + "a,1,tcp,,,,,,,,on port 2,,\n");
  ASSERT_EQ(parsed.records().size(), 1) << parsed.status();
  EXPECT_EQ(parsed.records()[0].details->unauthorized_use_reported, "on port 2");
}

TEST(IanaCsvTest, AHeaderAloneIsAFileWithoutRows) {
  const Parsed parsed(kShortHeader);
  ASSERT_TRUE(parsed.status().ok()) << parsed.status();
  EXPECT_THAT(parsed.records(), IsEmpty());
}

TEST(IanaCsvTest, ATextOfAnotherKindIsRefused) {
  const struct {
    const char* what;
    std::string text;
    const char* message;
  } cases[] = {
      {"empty", "", "file is empty"},
      {"blank", " \r\n\t\n", "file is empty"},
      {"only a byte order mark", "\xEF\xBB\xBF", "file is empty"},
      {"a web page", "<!DOCTYPE html>\n<title>Not found</title>\n",
       "line 1, column 1: not a port registry in IANA's format: the header has no column "
       "\"Service Name\", it begins with \"<!DOCTYPE html>\""},
      {"no Service Name", "Port Number,Transport Protocol,Description\n",
       "the header has no column \"Service Name\""},
      {"no Port Number", "Service Name,Transport Protocol,Description\n",
       "the header has no column \"Port Number\""},
      {"no Transport Protocol", "Service Name,Port Number,Description\n",
       "the header has no column \"Transport Protocol\""},
      {"no Description", "Service Name,Port Number,Transport Protocol\n",
       "the header has no column \"Description\""},
      {"a column twice", "Service Name,Port Number,Transport Protocol,Description,port number\n",
       "line 1, column 57: column \"port number\" occurs twice"},
      {"a column by both its names",
       "Service Name,Port Number,Transport Protocol,Description,Known Unauthorized Uses,"
       "Unauthorized Use Reported\n",
       "line 1, column 57: column \"Known Unauthorized Uses\" is the old name of"},
      {"a short row", WithHeader("a,1,tcp,x\nb,2,tcp\n"),
       "line 3, column 1: row has 3 fields, the header has 4; it seems cut off or unquoted"},
      {"a long row", WithHeader("a,1,tcp,x, y\n"), "line 2, column 1: row has 5 fields"},
      {"a line of blanks", WithHeader("  \n"), "line 2, column 1: row has 1 fields"},
      {"cut inside a quoted field", WithHeader("a,1,tcp,\"x\nb,2"),
       "line 2, column 9: the text ends within this quoted field, it seems cut off"},
      {"cut inside the header", "Service Name,\"Port", "line 1, column 14: the text ends within"},
      {"text after a quote", WithHeader("a,1,tcp,\"x\"y\n"), "line 2, column 12: text after"},
      {"lone CR", WithHeader("a,1,tcp,x\ry\n"), "line 2, column 10: carriage return without"},
      {"NUL", WithHeader(absl::string_view("a,1,tcp,x\nb,2,tcp,\0\n", 20)),
       "line 3, column 9: a NUL byte, this is not a text file"},
      {"UTF-16", std::string("S\0e\0r\0", 6), "line 1, column 2: a NUL byte"},
      {"a spreadsheet", "PK\x03\x04\x14",
       "a spreadsheet or another zip archive; save the table as"},
      {"invalid UTF-8", WithHeader("a,1,tcp,caf\xE9\n"),
       "line 2, column 12: byte 0xe9 is not valid UTF-8"},
      {"invalid UTF-8 in the first line", "\xFF\n",
       "line 1, column 1: byte 0xff is not valid UTF-8"},
      {"invalid UTF-8 in quotes", WithHeader("a,1,tcp,\"x\ny\x80\"\n"),
       "line 3, column 2: byte 0x80 is not valid UTF-8"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(c.text);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_THAT(parsed.message(), HasSubstr(c.message)) << c.what;
  }
}

TEST(IanaCsvTest, ARowThatCannotBeUsedIsSetAside) {
  const std::string longest(64, 'n');
  const struct {
    std::string row;
    const char* reason;
  } cases[] = {
      {"a,80,icmp,x", "line 3, column 6: transport \"icmp\" is not tcp, udp, sctp, dccp or empty"},
      {"a,80,tcp/udp,x", "line 3, column 6: transport \"tcp/udp\" is not"},
      {"a,65536,tcp,x", "line 3, column 3: port 65536 is out of range [0, 65535]"},
      {"a,-1,tcp,x", "line 3, column 3: port range \"-1\": port \"\" is not a decimal number"},
      {"a,90-80,tcp,x", "line 3, column 3: port range \"90-80\": its first port must not be above"},
      {"a,0080,tcp,x", "line 3, column 3: port 0080 has a leading zero"},
      {"a,80 - 90,tcp,x",
       "line 3, column 3: port range \"80 - 90\": port \"80 \" is not a decimal"},
      {"a,http,tcp,x", "line 3, column 3: port \"http\" is not a decimal number"},
      {",,tcp,x", "line 3, column 2: row has neither a service name nor a port"},
      {",,,", "line 3, column 2: row has neither a service name nor a port"},
      {longest + "n,80,tcp,x", "line 3, column 1: service name \"nnnn"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(WithHeader("before,1,tcp,x\n" + c.row + "\nafter,2,tcp,x\n"));
    ASSERT_TRUE(parsed.status().ok()) << c.row << ": " << parsed.status();
    EXPECT_THAT(parsed.set_aside(), ElementsAre(StartsWith(c.reason))) << c.row;
    EXPECT_THAT(parsed.described(), ElementsAre("iana 1/tcp before", "iana 2/tcp after")) << c.row;
  }
  EXPECT_THAT(Parsed(WithHeader(longest + ",80,tcp,x\n")).set_aside(), IsEmpty());
}

TEST(IanaCsvTest, TheReasonForARowStaysUtf8HoweverItIsCut) {
  // The 60th byte, where a shown text is cut, falls inside a character.
  const std::string name = "a" + std::string(30, '-') + "\xC3\xA9\xC3\xA9" + std::string(24, '-') +
                           "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9";
  ASSERT_TRUE(IsValidUtf8(name));
  ASSERT_FALSE(IsValidUtf8(absl::string_view(name).substr(0, 60)));
  const std::vector<std::string> reasons = Parsed(WithHeader(name + ",80,tcp,x\n")).set_aside();
  ASSERT_EQ(reasons.size(), 1);
  EXPECT_TRUE(IsValidUtf8(reasons[0])) << reasons[0];
}

TEST(IanaCsvTest, RowsAreBounded) {
  std::string text(kShortHeader);
  for (size_t i = 0; i < kMaxRows; ++i) text += i % 2 == 0 ? "a,,,\n" : ",,,\n";
  const Parsed most(text);
  ASSERT_TRUE(most.status().ok()) << most.status();
  EXPECT_EQ(most.records().size() + most.set_aside().size(), kMaxRows);
  EXPECT_EQ(Parsed(text + "a,,,\n").message(), "line 200002, column 1: more than 200000 rows");
}

}  // namespace
}  // namespace portreg
