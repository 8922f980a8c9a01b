#include "client/cli/display/clipped_record.h"

#include <optional>
#include <vector>

#include "common/answers/conversion.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

v1::PortRecord RangeRecord(int first, int last, v1::Transport transport = v1::TRANSPORT_TCP) {
  v1::PortRecord record = RecordOf(first, transport, "a", "text");
  record.set_last_port(last);
  return record;
}

TEST(RangeOfTest, IsTheRecordsPorts) {
  EXPECT_EQ(RangeOf(RangeRecord(0, 65535)), PortRange::All());
  EXPECT_EQ(RangeOf(RangeRecord(443, 443)), (PortRange{443, 443}));
}

TEST(RangeOfTest, WhatIsNoRangeIsNone) {
  EXPECT_EQ(RangeOf(Portless("a")), std::nullopt);
  for (const v1::PortRecord& record :
       {RangeRecord(2, 1), RangeRecord(-1, 1), RangeRecord(1, 65536)}) {
    EXPECT_EQ(RangeOf(record), std::nullopt) << record.ShortDebugString();
  }
  v1::PortRecord without_last = RangeRecord(7, 7);
  without_last.clear_last_port();
  EXPECT_EQ(RangeOf(without_last), std::nullopt);
}

TEST(ClippedToTest, RangeIsCutToThePortsAskedAbout) {
  struct Row {
    PortRange asked;
    PortRange left;
  };
  for (const Row& row : std::vector<Row>{{{6010, 6020}, {6010, 6020}},
                                         {{0, 6000}, {6000, 6000}},
                                         {{6063, 65535}, {6063, 6063}},
                                         {PortRange::All(), {6000, 6063}}}) {
    const std::optional<v1::PortRecord> clipped =
        ClippedTo(row.asked, Transport::kNone, RangeRecord(6000, 6063));
    ASSERT_TRUE(clipped);
    EXPECT_EQ(RangeOf(*clipped), row.left);
    EXPECT_EQ(clipped->service(), "a");
    EXPECT_EQ(clipped->description(), "text");
  }
}

TEST(ClippedToTest, WhatIsNotAskedAboutIsNothing) {
  EXPECT_FALSE(ClippedTo({5990, 5999}, Transport::kNone, RangeRecord(6000, 6063)));
  EXPECT_FALSE(ClippedTo({6064, 6064}, Transport::kNone, RangeRecord(6000, 6063)));
  EXPECT_FALSE(ClippedTo(PortRange::All(), Transport::kUdp, RangeRecord(6000, 6063)));
  EXPECT_FALSE(ClippedTo(PortRange::All(), Transport::kNone, Portless("a")));
}

TEST(ClippedToTest, RecordWithoutATransportGetsTheOneAskedAbout) {
  const v1::PortRecord any = RangeRecord(1, 1, v1::TRANSPORT_UNSPECIFIED);
  EXPECT_EQ(ClippedTo({1, 1}, Transport::kUdp, any)->transport(), v1::TRANSPORT_UDP);
  EXPECT_EQ(ClippedTo({1, 1}, Transport::kNone, any)->transport(), v1::TRANSPORT_UNSPECIFIED);
  EXPECT_EQ(ClippedTo({1, 1}, Transport::kNone, RangeRecord(1, 1))->transport(), v1::TRANSPORT_TCP);
}

TEST(KnownValuesTest, ValuesThatOnlyAByteWouldMakeKnownAreUnknown) {
  v1::PortRecord record = Https();
  EXPECT_EQ(TransportOf(record.transport()), Transport::kTcp);
  EXPECT_EQ(LayerOf(record.layer()), Layer::kIana);
  record.set_transport(static_cast<v1::Transport>(256 + v1::TRANSPORT_TCP));
  record.set_layer(static_cast<v1::Layer>(256 + v1::LAYER_IANA));
  EXPECT_EQ(TransportOf(record.transport()), std::nullopt);
  EXPECT_EQ(LayerOf(record.layer()), std::nullopt);
  EXPECT_FALSE(ClippedTo(PortRange::All(), Transport::kTcp, record));
  EXPECT_TRUE(ClippedTo(PortRange::All(), Transport::kNone, record));
}

}  // namespace
}  // namespace portreg::cli
