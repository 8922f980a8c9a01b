#include "server/replies/stored_list_range_answer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/replies/stored_replies.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"

namespace portreg::server {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Returns the messages of a listing of stored records.
std::vector<v1::ListRangeResponse> List(const Registry& registry, const StoredReplies& replies,
                                        const v1::ListRangeRequest& request) {
  const ListRangeQuestion question = Read(request, registry).value();
  EXPECT_TRUE(StoredListRangeAnswer::Serves(question));
  StoredListRangeAnswer listing(registry, replies, question);
  std::vector<v1::ListRangeResponse> messages;
  bool last = false;
  while (!last) {
    grpc::ByteBuffer bytes;
    last = listing.Next(bytes);
    EXPECT_TRUE(grpc::SerializationTraits<v1::ListRangeResponse>::Deserialize(
                    &bytes, &messages.emplace_back())
                    .ok());
  }
  return messages;
}

// Returns all records of messages, as one message.
v1::ListRangeResponse Records(absl::Span<const v1::ListRangeResponse> messages) {
  v1::ListRangeResponse all;
  for (const v1::ListRangeResponse& message : messages) {
    for (const v1::PortRecord& record : message.records()) *all.add_records() = record;
  }
  return all;
}

// Returns the records of the handler's listing.
v1::ListRangeResponse HandlersRecords(const Registry& registry,
                                      const v1::ListRangeRequest& request) {
  ListRangeAnswer listing = ListRange(registry, Read(request, registry).value());
  std::vector<v1::ListRangeResponse> messages(1);
  while (!listing.Next(messages.back())) messages.emplace_back();
  return Records(messages);
}

TEST(StoredListingTest, ListsWhatTheHandlerListsAndEachTokenContinues) {
  const Registry& registry = EmbeddedRegistry();
  const StoredReplies replies(registry);
  for (const char* text :
       {"", "include_portless: true", "first_port: 6010 last_port: 6020",
        "first_port: 6010 include_portless: true", "last_port: 1023 view: RECORD_VIEW_BASIC",
        "first_port: 65535", "first_port: 4 last_port: 4"}) {
    auto request = Proto<v1::ListRangeRequest>(text);
    const std::vector<v1::ListRangeResponse> messages = List(registry, replies, request);
    EXPECT_EQ(Records(messages).SerializeAsString(),
              HandlersRecords(registry, request).SerializeAsString())
        << text;
    for (size_t i = 0; i < messages.size(); ++i) {
      EXPECT_EQ(messages[i].revision(), registry.revision());
      request.set_resume_token(messages[i].resume_token());
      const std::string rest =
          Records(absl::MakeConstSpan(messages).subspan(i + 1)).SerializeAsString();
      EXPECT_EQ(Records(List(registry, replies, request)).SerializeAsString(), rest) << text;
      EXPECT_EQ(HandlersRecords(registry, request).SerializeAsString(), rest) << text;
    }
  }
}

TEST(StoredListingTest, ATokenWithinAMessageContinuesThere) {
  const Registry& registry = EmbeddedRegistry();
  const StoredReplies replies(registry);
  for (const RecordIndex position : {0, 1, 17, 5000}) {
    auto request = Proto<v1::ListRangeRequest>("first_port: 20 include_portless: true");
    request.set_resume_token(ResumeToken(registry, position));
    EXPECT_EQ(Records(List(registry, replies, request)).SerializeAsString(),
              HandlersRecords(registry, request).SerializeAsString());
  }
}

TEST(StoredListingTest, AListingWithoutRecordsIsOneMessage) {
  const Registry registry = MakeRegistry({});
  const StoredReplies replies(registry);
  const auto messages = List(registry, replies, v1::ListRangeRequest());
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_THAT(messages[0].records(), IsEmpty());
  EXPECT_EQ(messages[0].revision(), registry.revision());
  EXPECT_EQ(messages[0].resume_token(), ResumeToken(registry, 0));
}

TEST(StoredListingTest, MessagesAreBounded) {
  std::string rows;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&rows, "a,", i, ",tcp,", std::string(16'000, 'x'), "\n");
  }
  const Registry registry = MakeRegistry({.local = rows});
  const StoredReplies replies(registry);
  const auto messages = List(registry, replies, v1::ListRangeRequest());
  EXPECT_THAT(Records(messages).records(), SizeIs(100));
  for (const v1::ListRangeResponse& message : messages) {
    EXPECT_LE(message.ByteSizeLong(), kListingBytes + 17'000);
  }
  EXPECT_THAT(messages, SizeIs(20));  // of five records each
}

TEST(StoredListingTest, LeavesFiltersAndDetailsToTheHandler) {
  for (const char* text : {"view: RECORD_VIEW_FULL", "transport: TRANSPORT_TCP",
                           "layers: LAYER_IANA", "scope: 'eu'"}) {
    EXPECT_FALSE(StoredListRangeAnswer::Serves(
        Read(Proto<v1::ListRangeRequest>(text), EmbeddedRegistry()).value()))
        << text;
  }
}

TEST(StoredListingTest, MessagesOutliveTheReplies) {
  grpc::ByteBuffer bytes;
  std::string expected;
  {
    const Registry registry = MakeRegistry({.iana = "http,80,tcp,Web\n"});
    const StoredReplies replies(registry);
    StoredListRangeAnswer listing(registry, replies, {});
    EXPECT_TRUE(listing.Next(bytes));
    expected = registry.revision();
  }
  v1::ListRangeResponse message;
  ASSERT_TRUE(grpc::SerializationTraits<v1::ListRangeResponse>::Deserialize(&bytes, &message).ok());
  EXPECT_EQ(message.records(0).service(), "http");
  EXPECT_EQ(message.revision(), expected);
}

}  // namespace
}  // namespace portreg::server
