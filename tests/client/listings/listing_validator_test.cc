#include "client/listings/listing_validator.h"

#include <cstdint>
#include <string>

#include "common/model/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::PortRecord RecordOf(int32_t first, int32_t last) {
  v1::PortRecord record;
  record.set_first_port(first);
  record.set_last_port(last);
  return record;
}

v1::ListRangeResponse MessageAt(const std::string& revision) {
  v1::ListRangeResponse message;
  message.set_revision(revision);
  return message;
}

TEST(ListingCheckTest, MessagesHaveOneRevision) {
  ListingValidator check({});
  EXPECT_TRUE(check.empty());
  EXPECT_THAT(check.FaultOfMessage(MessageAt("1"), 10), IsEmpty());
  EXPECT_FALSE(check.empty());
  EXPECT_THAT(check.FaultOfMessage(MessageAt("1"), 10), IsEmpty());
  EXPECT_EQ(check.FaultOfMessage(MessageAt("2\n"), 10), R"(changes from revision "1" to "2\n")");
}

TEST(ListingCheckTest, RecordsComeInTheOrderOfTheirPortsAndThoseWithoutLast) {
  ListingValidator check({});
  EXPECT_THAT(check.FaultOfRecord(RecordOf(80, 80)), IsEmpty());
  EXPECT_THAT(check.FaultOfRecord(RecordOf(80, 90)), IsEmpty());
  EXPECT_THAT(check.FaultOfRecord(RecordOf(81, 81)), IsEmpty());
  EXPECT_EQ(check.FaultOfRecord(RecordOf(80, 80)), "has a record of port 80 after one of port 81");
  EXPECT_THAT(check.FaultOfRecord(v1::PortRecord()), IsEmpty());
  EXPECT_THAT(check.FaultOfRecord(v1::PortRecord()), IsEmpty());
  EXPECT_EQ(check.FaultOfRecord(RecordOf(65535, 65535)),
            "has a record of port 65535 after one without a port");
}

TEST(ListingCheckTest, RecordsOverlapTheRangeThatWasAsked) {
  v1::ListRangeRequest request;
  request.set_first_port(80);
  request.set_last_port(90);
  ListingValidator check(request);
  EXPECT_THAT(check.FaultOfRecord(RecordOf(0, 80)), IsEmpty());
  EXPECT_THAT(check.FaultOfRecord(RecordOf(90, 65535)), IsEmpty());
  EXPECT_THAT(check.FaultOfRecord(RecordOf(91, 91)), HasSubstr("asked were 80 to 90"));
  EXPECT_THAT(ListingValidator(request).FaultOfRecord(RecordOf(0, 79)), HasSubstr("ports 0 to 79"));
}

TEST(ListingCheckTest, RecordsAreOfTheLayersThatWereAsked) {
  v1::ListRangeRequest request;
  request.add_layers(v1::LAYER_COMMON);
  request.add_layers(v1::LAYER_IANA);
  v1::PortRecord record = RecordOf(80, 80);
  for (const v1::Layer layer : {v1::LAYER_COMMON, v1::LAYER_IANA}) {
    record.set_layer(layer);
    EXPECT_THAT(ListingValidator(request).FaultOfRecord(record), IsEmpty());
  }
  record.set_layer(v1::LAYER_LOCAL);
  EXPECT_THAT(ListingValidator({}).FaultOfRecord(record), IsEmpty());
  EXPECT_EQ(ListingValidator(request).FaultOfRecord(record),
            "has a record of layer LAYER_LOCAL, which was not asked for");
  record.set_layer(static_cast<v1::Layer>(9));
  EXPECT_THAT(ListingValidator(request).FaultOfRecord(record), HasSubstr("of layer 9,"));
}

TEST(ListingCheckTest, RecordsThatAreFaultyAreFound) {
  EXPECT_THAT(ListingValidator({}).FaultOfRecord(RecordOf(2, 1)), HasSubstr("ports 2 to 1"));
}

TEST(ListingCheckTest, BytesInAllAreBounded) {
  ListingValidator check({});
  EXPECT_THAT(check.FaultOfMessage(MessageAt("1"), kMaxListedBytes), IsEmpty());
  EXPECT_THAT(check.FaultOfMessage(MessageAt("1"), 1), HasSubstr("the most that a registry lists"));
}

TEST(ListingCheckTest, EmptyMessagesHaveAnEnd) {
  ListingValidator check({});
  size_t messages = 0;
  while (check.FaultOfMessage(MessageAt("1"), 0).empty()) ++messages;
  EXPECT_EQ(messages, kMaxListedBytes >> 10);
}

}  // namespace
}  // namespace portreg::internal
