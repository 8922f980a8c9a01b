#include "client/replies/message_parts.h"

#include <string>

#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {
namespace {

grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

bool HasTooMany(const google::protobuf::Message& message) {
  return HasTooManyParts(Bytes(message.SerializeAsString()), *message.GetDescriptor());
}

v1::ListRangeResponse Listing(size_t records) {
  v1::ListRangeResponse listing;
  for (size_t i = 0; i < records; ++i) listing.add_records()->set_service("a");
  return listing;
}

TEST(MessagePartsTest, TheMostAreTaken) { EXPECT_FALSE(HasTooMany(Listing(kMaxMessageParts))); }

TEST(MessagePartsTest, OneMoreIsTooMany) { EXPECT_TRUE(HasTooMany(Listing(kMaxMessageParts + 1))); }

TEST(MessagePartsTest, PartsOfPartsCount) {
  v1::BatchLookupResponse batch;
  v1::LookupResponse& lookup = *batch.add_results()->mutable_response();
  for (size_t i = 0; i < kMaxMessageParts; ++i) lookup.add_records();
  EXPECT_TRUE(HasTooMany(batch));
}

TEST(MessagePartsTest, LongTextsDoNotCount) {
  v1::ListRangeResponse listing = Listing(1);
  listing.mutable_records(0)->set_description(std::string(4 << 20, 'a'));
  EXPECT_FALSE(HasTooMany(listing));
}

TEST(MessagePartsTest, BytesThatAreNoMessageAreLeftToTheParser) {
  const google::protobuf::Descriptor& type = *v1::ListRangeResponse::descriptor();
  EXPECT_FALSE(HasTooManyParts(Bytes(std::string(1 << 20, '\xff')), type));
  std::string cut = Listing(100'000).SerializeAsString();
  cut.resize(cut.size() - 1);
  EXPECT_FALSE(HasTooManyParts(Bytes(cut), type));
}

}  // namespace
}  // namespace portreg::internal
