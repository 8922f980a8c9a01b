#include "common/data/packed_layer.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

LayerInfo Info() {
  LayerInfo info;
  info.layer = Layer::kCommon;
  info.source = "test";
  info.origin = "packed";
  return info;
}

TEST(PackedLayerTest, RecordsComeBack) {
  const LayerData layer = LayerOfText(
      Layer::kCommon, absl::StrCat(kFullHeader,
                                   "a,80,tcp,\"A, \"\"quoted\"\"\",[Ann],[Ann],,,[RFC1],,,,\n"
                                   "a,80,udp,\"A, \"\"quoted\"\"\",[Ann],[Ann],,,[RFC1],,,,\n"
                                   ",0-65535,,Reserved,,,,,,,,,\n"
                                   "portless,,sctp,,,,2001-01-01,,,,,,\n"));
  const std::string packed = PackLayer(layer);
  EXPECT_EQ(PackedRecordCount(packed), 4);
  const LayerData unpacked = UnpackLayer(packed, Info());
  EXPECT_EQ(unpacked.info.record_count, 4);
  EXPECT_EQ(unpacked.info.named_count, 3);
  EXPECT_EQ(unpacked.info.portless_count, 1);
  ASSERT_EQ(unpacked.records.size(), 4);
  for (size_t i = 0; i < 4; ++i) {
    const ServiceRecord& record = unpacked.records[i];
    const ServiceRecord& original = layer.records[i];
    EXPECT_EQ(record.layer, Layer::kCommon);
    EXPECT_EQ(record.source, "test");
    EXPECT_EQ(record.ports, original.ports);
    EXPECT_EQ(record.transport, original.transport);
    EXPECT_EQ(record.line, original.line);
    EXPECT_EQ(record.service, original.service);
    EXPECT_EQ(record.description, original.description);
    EXPECT_TRUE(*record.details == *original.details);
  }
  EXPECT_EQ(unpacked.records[0].details, unpacked.records[1].details);
  EXPECT_EQ(unpacked.records[2].details, &kNoDetails);
}

TEST(PackedLayerTest, ALayerMayBeEmpty) {
  const std::string packed = PackLayer(MakeLayer(Layer::kCommon, ""));
  EXPECT_EQ(PackedRecordCount(packed), 0);
  EXPECT_TRUE(UnpackLayer(packed, Info()).records.empty());
}

}  // namespace
}  // namespace portreg
