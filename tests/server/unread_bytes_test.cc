#include "server/unread_bytes.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/server/reply_bytes.h"

namespace portreg {
namespace {

TEST(UnreadBytesTest, BytesCountUntilTheLastPartOfThemIsGone) {
  UnreadBytes unread(100);
  std::optional<grpc::Slice> slice = unread.Hold("0123456789").value();
  EXPECT_EQ(TextOf(*slice), "0123456789");
  EXPECT_EQ(unread.held(), 10);
  std::optional<grpc::Slice> part = slice->sub(2, 5);
  slice.reset();
  EXPECT_EQ(unread.held(), 10);
  part.reset();
  EXPECT_EQ(unread.held(), 0);
}

TEST(UnreadBytesTest, WhatWouldPassTheLimitIsRefusedAndCountsNothing) {
  UnreadBytes unread(10);
  const grpc::Slice held = unread.Hold("12345678").value();
  const absl::Status status = unread.Hold("9ab").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(unread.held(), 8);
  EXPECT_EQ(unread.refused(), 1);
  EXPECT_TRUE(unread.Hold("9a").ok());
}

TEST(UnreadBytesTest, SlicesOutliveTheCount) {
  std::optional<UnreadBytes> unread(std::in_place, 10);
  const grpc::Slice slice = unread->Hold("1234").value();
  unread.reset();
  EXPECT_EQ(TextOf(slice), "1234");
}

}  // namespace
}  // namespace portreg
