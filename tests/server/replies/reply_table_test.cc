#include "server/replies/reply_table.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/server/reply_bytes.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;

constexpr size_t kMaxBytes = 1 << 20;

class ReplyTableTest : public ::testing::Test {
 protected:
  // Returns a reply that holds a number.
  [[nodiscard]] v1::LookupResponse Reply(size_t number) const {
    v1::LookupResponse reply;
    reply.add_records()->set_service(absl::StrCat(number));
    reply.set_revision(registry_.revision());
    return reply;
  }

  const Registry registry_ = MakeRegistry({.iana = "a,1,tcp,\n"});
};

TEST_F(ReplyTableTest, QuestionsOfOneKeyAreAskedAndStoredOnce) {
  std::vector<size_t> asked;
  const ReplyTable table(
      registry_, 8, kMaxBytes, [](size_t i) { return i % 4 / 2; },
      [&](size_t i) {
        asked.push_back(i);
        return absl::StatusOr<v1::LookupResponse>(Reply(i));
      });
  EXPECT_THAT(asked, ElementsAre(0, 2));
  for (const size_t i : {0, 1, 4, 5}) {
    EXPECT_EQ(TextOf(*table.At(i)), Reply(0).SerializeAsString());
    EXPECT_EQ(table.At(i)->begin(), table.At(0)->begin());
  }
  EXPECT_EQ(TextOf(*table.At(3)), Reply(2).SerializeAsString());
  EXPECT_EQ(TextOf(*table.At(7)), Reply(2).SerializeAsString());
}

TEST_F(ReplyTableTest, ErrorsAreNotStored) {
  const ReplyTable table(
      registry_, 3, kMaxBytes, [](size_t i) { return i; },
      [&](size_t i) -> absl::StatusOr<v1::LookupResponse> {
        if (i == 1) return absl::NotFoundError("no");
        return Reply(i);
      });
  EXPECT_TRUE(table.At(0));
  EXPECT_FALSE(table.At(1));
  EXPECT_EQ(table.BatchResult(1), "");
  EXPECT_TRUE(table.At(2));
}

TEST_F(ReplyTableTest, WhatExceedsTheBoundIsNotStored) {
  const ReplyTable table(
      registry_, 3, Reply(0).ByteSizeLong(), [](size_t i) { return i; },
      [&](size_t i) { return absl::StatusOr<v1::LookupResponse>(Reply(i)); });
  EXPECT_TRUE(table.At(0));
  EXPECT_FALSE(table.At(1));
  EXPECT_FALSE(table.At(2));
}

TEST_F(ReplyTableTest, ABatchResultIsTheReplyWithoutItsRevision) {
  const ReplyTable table(
      registry_, 2, kMaxBytes, [](size_t i) { return i; },
      [&](size_t i) { return absl::StatusOr<v1::LookupResponse>(Reply(i)); });
  v1::LookupResponse expected = Reply(1);
  expected.clear_revision();
  v1::BatchLookupResponse piece;
  *piece.add_results()->mutable_response() = expected;
  EXPECT_EQ(table.BatchResult(1), piece.SerializeAsString());
}

TEST_F(ReplyTableTest, RepliesOutliveTheTable) {
  grpc::Slice reply;
  {
    const ReplyTable table(
        registry_, 1, kMaxBytes, [](size_t i) { return i; },
        [&](size_t i) { return absl::StatusOr<v1::LookupResponse>(Reply(i)); });
    reply = *table.At(0);
  }
  EXPECT_EQ(TextOf(reply), Reply(0).SerializeAsString());
}

}  // namespace
}  // namespace portreg::server
