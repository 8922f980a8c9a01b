#include "client/cli/formats/reserved_ports_writer.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Written Sysctl(const std::vector<v1::PortRecord>& records, bool over_half = true) {
  const auto make = [over_half](Printer out) {
    return std::make_unique<ReservedPortsWriter>("what was asked\nfor", over_half, out);
  };
  return WrittenBy(make, records);
}

v1::PortRecord Range(int first, int last) {
  v1::PortRecord record = RecordOf(first, v1::TRANSPORT_UDP, "a", "");
  record.set_last_port(last);
  return record;
}

std::string Setting(const std::vector<v1::PortRecord>& records) {
  return LinesOf(Sysctl(records).text).back();
}

TEST(ReservedPortsWriterTest, PortsAreListedOnceWithNeighboursMerged) {
  EXPECT_EQ(Setting({Range(33060, 33060), Range(32772, 32775), Range(32771, 32773),
                     Range(33060, 33060), Range(40000, 40001), Range(40002, 40002)}),
            "net.ipv4.ip_local_reserved_ports = 32771-32775,33060,40000-40002");
  EXPECT_EQ(Setting({Range(0, 1), Range(65534, 65535), Range(3, 3)}),
            "net.ipv4.ip_local_reserved_ports = 0-1,3,65534-65535");
  EXPECT_EQ(Setting({Range(0, 65535)}), "net.ipv4.ip_local_reserved_ports = 0-65535");
}

TEST(ReservedPortsWriterTest, NamelessAndPortlessRecordsReserveNothing) {
  EXPECT_EQ(Setting({RecordOf(1, v1::TRANSPORT_TCP, "", "Reserved"), Portless("a"), Range(7, 6),
                     Range(7, 65536)}),
            "net.ipv4.ip_local_reserved_ports = ");
}

TEST(ReservedPortsWriterTest, AnEmptyValueIsRemarkedOn) {
  EXPECT_EQ(Sysctl({}).remark,
            "no service has a port there, so the file reserves none and clears the host's list");
  EXPECT_EQ(Sysctl({Https()}).remark, "");
}

TEST(ReservedPortsWriterTest, MoreThanHalfOfTheEphemeralPortsIsRefused) {
  // 14,116 of 28,232 ports, anywhere in the range.
  for (const std::vector<v1::PortRecord>& half :
       {std::vector<v1::PortRecord>{Range(32768, 46883)},
        std::vector<v1::PortRecord>{Range(0, 40000), Range(54117, 65535)}}) {
    EXPECT_TRUE(Sysctl(half, false).status.ok());
    std::vector<v1::PortRecord> more = half;
    more.push_back(Range(50000, 50000));
    const Written refused = Sysctl(more, false);
    EXPECT_EQ(refused.text, "");
    EXPECT_EQ(refused.status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.status.message()),
                AllOf(HasSubstr("14117 of the 28232 ports in 32768-60999"),
                      HasSubstr("at most 14116"), HasSubstr("--reserve-over-half")));
    EXPECT_TRUE(Sysctl(more, true).status.ok());
  }
}

TEST(ReservedPortsWriterTest, CommentsTellWhatItIs) {
  std::vector<std::string> lines = LinesOf(Sysctl({Https()}).text);
  EXPECT_EQ(lines.back(), "net.ipv4.ip_local_reserved_ports = 443");
  lines.pop_back();
  EXPECT_THAT(lines, Each(StartsWith("# ")));
  EXPECT_THAT(lines, ::testing::Contains("# what was asked\\nfor"));
  EXPECT_EQ(lines.back(), "# Revision abc");
}

TEST(ReservedPortsWriterTest, AValueLongerThanAPageIsRemarkedOn) {
  // Each port adds six bytes, the first five.
  std::vector<v1::PortRecord> records;
  for (int i = 0; i < 682; ++i) records.push_back(Range(10000 + 2 * i, 10000 + 2 * i));
  EXPECT_EQ(Sysctl(records).remark, "");
  records.push_back(Range(9, 9));
  records.push_back(Range(1, 1));
  EXPECT_EQ(Setting(records).size(),
            absl::StrCat("net.ipv4.ip_local_reserved_ports = ").size() + 4095);
  EXPECT_EQ(Sysctl(records).remark, "");
  records.back() = Range(11, 11);
  EXPECT_THAT(Sysctl(records).remark, HasSubstr("4096 bytes"));
}

TEST(ReservedPortsWriterTest, NothingIsWrittenBeforeTheEnd) {
  const auto make = [](Printer out) {
    return std::make_unique<ReservedPortsWriter>("", false, out);
  };
  EXPECT_EQ(WrittenBy(make, [](RecordWriter& writer) { writer.Write(Https()); }).text, "");
}

}  // namespace
}  // namespace portreg::cli
