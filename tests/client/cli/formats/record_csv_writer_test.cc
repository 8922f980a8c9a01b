#include "client/cli/formats/record_csv_writer.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kHeader[] =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes";

std::string Csv(const std::vector<v1::PortRecord>& records, bool with_owner = false) {
  const auto make = [&](Printer out) {
    return std::make_unique<RecordCsvWriter>(
        with_owner ? RecordColumns::kIanaAndOwn : RecordColumns::kIana, out);
  };
  return WrittenBy(make, records).text;
}

v1::PortRecord DetailedRecord() {
  v1::PortRecord record = Https();
  v1::RecordDetails& details = *record.mutable_details();
  details.set_assignee("as, signee");
  details.set_contact("\"contact\"");
  details.set_registration_date("2021-10-01");
  details.set_modification_date("2022-02-07");
  details.set_reference("[RFC9110]");
  details.set_service_code("1234");
  details.set_unauthorized_use_reported("two\nlines");
  details.set_assignment_notes(" blanks ");
  details.set_owner("team");
  return record;
}

TEST(RecordCsvWriterTest, RecordIsARow) {
  EXPECT_EQ(Csv({DetailedRecord()}),
            std::string(kHeader) +
                "\nhttps,443,tcp,http over TLS,\"as, signee\",\"\"\"contact\"\"\",2021-10-01,"
                "2022-02-07,[RFC9110],1234,\"two\nlines\", blanks \n");
}

TEST(RecordCsvWriterTest, ColumnsOfOwnTablesComeLast) {
  const std::vector<std::string> lines = LinesOf(Csv({Https(), DetailedRecord()}, true));
  EXPECT_EQ(lines[0], std::string(kHeader) + ",Owner,Since,Until,Bind,Aliases,Scope,Status");
  EXPECT_EQ(lines[1], "https,443,tcp,http over TLS,,,,,,,,,,,,,,,");
  EXPECT_THAT(lines.back(), ::testing::EndsWith(", blanks ,team,,,,,,"));
  v1::PortRecord record = Https();
  record.add_aliases("web");
  record.add_aliases("tls");
  record.set_scope("eu");
  record.set_status(v1::RECORD_STATUS_RETIRED);
  record.mutable_details()->set_since("2026-01-31");
  record.mutable_details()->set_until("2027-12-31");
  record.mutable_details()->set_bind("loopback");
  EXPECT_EQ(LinesOf(Csv({record}, true))[1],
            "https,443,tcp,http over TLS,,,,,,,,,,2026-01-31,2027-12-31,loopback,web tls,eu,"
            "retired");
}

TEST(RecordCsvWriterTest, PortsAreAsIanaWritesThem) {
  v1::PortRecord range = RecordOf(6000, v1::TRANSPORT_UNSPECIFIED, "x11", "");
  range.set_last_port(6063);
  v1::PortRecord reserved = RecordOf(0, v1::TRANSPORT_UDP, "", "Reserved");
  EXPECT_EQ(Csv({range, reserved, Portless("a")}), std::string(kHeader) +
                                                       "\nx11,6000-6063,,,,,,,,,,\n"
                                                       ",0,udp,Reserved,,,,,,,,\n"
                                                       "a,,tcp,no port,,,,,,,,\n");
}

TEST(RecordCsvWriterTest, IsReadBackAsItWas) {
  const std::string text = Csv({DetailedRecord(), Portless("a")}, true);
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseIanaCsv(text, Layer::kLocal, kept);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->set_aside, IsEmpty());
  ASSERT_THAT(parsed->records, SizeIs(2));
  const ServiceRecord& record = parsed->records[0];
  const v1::PortRecord expected = DetailedRecord();
  EXPECT_EQ(record.ports, (PortRange{443, 443}));
  EXPECT_EQ(record.transport, Transport::kTcp);
  EXPECT_EQ(record.service, expected.service());
  EXPECT_EQ(record.description, expected.description());
  EXPECT_EQ(record.details->assignee, expected.details().assignee());
  EXPECT_EQ(record.details->contact, expected.details().contact());
  EXPECT_EQ(record.details->registration_date, expected.details().registration_date());
  EXPECT_EQ(record.details->modification_date, expected.details().modification_date());
  EXPECT_EQ(record.details->reference, expected.details().reference());
  EXPECT_EQ(record.details->service_code, expected.details().service_code());
  EXPECT_EQ(record.details->unauthorized_use_reported,
            expected.details().unauthorized_use_reported());
  EXPECT_EQ(record.details->assignment_notes, expected.details().assignment_notes());
  EXPECT_EQ(record.details->owner, expected.details().owner());
  EXPECT_EQ(parsed->records[1].ports, std::nullopt);
}

TEST(RecordCsvWriterTest, RecordsOfLaterServersAreWrittenIfTheyCanBeRead) {
  v1::PortRecord record = Https();
  record.set_layer(static_cast<v1::Layer>(9));
  v1::PortRecord unreadable = Https();
  unreadable.set_transport(static_cast<v1::Transport>(9));
  const Written written = WrittenBy(
      [](Printer out) { return std::make_unique<RecordCsvWriter>(RecordColumns::kIana, out); },
      std::vector<v1::PortRecord>{record, unreadable});
  EXPECT_EQ(written.text, std::string(kHeader) + "\nhttps,443,tcp,http over TLS,,,,,,,,\n");
  EXPECT_EQ(written.remark,
            "1 records are left out: this version does not know their transports or ports");
}

TEST(RecordCsvWriterTest, NothingIsWrittenBeforeTheEnd) {
  const auto make = [](Printer out) {
    return std::make_unique<RecordCsvWriter>(RecordColumns::kIana, out);
  };
  EXPECT_EQ(WrittenBy(make, [](RecordWriter& writer) { writer.Write(Https()); }).text, "");
}

TEST(RecordCsvWriterTest, FileThatPortregdWouldRefuseIsNotWritten) {
  for (const size_t description_bytes : {size_t{1}, size_t{16'000}}) {
    const v1::PortRecord record =
        RecordOf(443, v1::TRANSPORT_TCP, "https", std::string(description_bytes, 'x'));
    size_t taken = 0;
    const Written written = WrittenBy(
        [](Printer out) { return std::make_unique<RecordCsvWriter>(RecordColumns::kIana, out); },
        [&](RecordWriter& writer) {
          while (writer.status().ok() && taken <= kMaxRows) {
            writer.Write(record);
            ++taken;
          }
          if (writer.status().ok()) writer.Finish("abc");
        });
    EXPECT_EQ(written.status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(written.text, "");
    EXPECT_EQ(taken, std::min(kMaxRows, kMaxFileBytes / (description_bytes + 23)) + 1);
  }
}

}  // namespace
}  // namespace portreg::cli
